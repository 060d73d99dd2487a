//! Work that keeps a processor busy for long: a few hands, a short line, and a no beyond it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::error::{Error, Result};

/// A bounded crew. Those who read never wait behind it, and neither does its line grow for ever.
#[derive(Clone)]
pub struct Crew {
    hands: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    longest_line: usize,
}

impl Crew {
    /// As many hands as there are processors, and a line of `longest_line`.
    pub fn new(longest_line: usize) -> Self {
        Self::with_hands(usize::MAX, longest_line)
    }

    /// As many hands as there are processors, but `most` of them, and a line of `longest_line`.
    pub fn with_hands(most: usize, longest_line: usize) -> Self {
        let hands = available_parallelism().map_or(1, usize::from).min(most);
        Self {
            hands: Arc::new(Semaphore::new(hands)),
            waiting: Arc::new(AtomicUsize::new(0)),
            longest_line,
        }
    }

    /// Does `work` when a hand is free; [`Error::Busy`] when the line is too long already.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = Turn::take(&self.waiting, self.longest_line)?;
        let hand = self.hands.clone().acquire_owned().await.map_err(anyhow::Error::new)?;
        drop(place);
        let task = move || {
            let _hand = hand;
            work()
        };
        spawn_blocking(task).await.map_err(anyhow::Error::new)?
    }
}

/// A few places, of which nobody takes more than some.
#[derive(Clone, Debug)]
pub struct Places {
    taken: Arc<Mutex<HashMap<String, usize>>>,
    all: usize,
}

/// A place that somebody has, given back by whoever walks away.
#[derive(Debug)]
pub struct Place {
    places: Places,
    owner: String,
}

impl Places {
    /// So many for everybody together.
    pub fn new(all: usize) -> Self {
        Self { taken: Arc::default(), all }
    }

    /// Gives somebody a place; [`Error::Busy`] when all are taken, or `most` of them by them.
    pub fn take(&self, owner: &str, most: usize) -> Result<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let theirs = taken.get(owner).copied().unwrap_or(0);
        if theirs >= most || taken.values().sum::<usize>() >= self.all {
            return Err(Error::Busy);
        }
        taken.insert(owner.to_owned(), theirs + 1);
        Ok(Place { places: self.clone(), owner: owner.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.owner) {
            Some(theirs) if *theirs > 1 => *theirs -= 1,
            _ => drop(taken.remove(&self.owner)),
        }
    }
}

/// A place in line, given back also by whoever walks away.
struct Turn(Arc<AtomicUsize>);

impl Turn {
    fn take(waiting: &Arc<AtomicUsize>, longest_line: usize) -> Result<Self> {
        let place = Self(waiting.clone());
        if waiting.fetch_add(1, Ordering::Relaxed) >= longest_line {
            return Err(Error::Busy);
        }
        Ok(place)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_all_places() {
        let places = Places::new(3);
        let first = places.take("ada", 2).unwrap();
        let second = places.take("ada", 2).unwrap();
        assert!(matches!(places.take("ada", 2), Err(Error::Busy)));
        let third = places.take("bola", 2).unwrap();
        assert!(matches!(places.take("chidi", 2), Err(Error::Busy)));

        drop((first, third));
        places.take("ada", 2).unwrap();
        drop(second);
        assert!(places.taken.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_line_has_an_end_and_moves_on() {
        let crew = Crew::new(1);
        let blocked = crew
            .hands
            .clone()
            .acquire_many_owned(u32::try_from(crew.hands.available_permits()).unwrap());
        let blocked = blocked.await.unwrap();

        let first = tokio::spawn({
            let crew = crew.clone();
            async move { crew.run(|| Ok(1)).await }
        });
        tokio::task::yield_now().await;
        assert!(matches!(crew.run(|| Ok(2)).await, Err(Error::Busy)));

        drop(blocked);
        assert_eq!(first.await.unwrap().unwrap(), 1);
        assert_eq!(crew.run(|| Ok(3)).await.unwrap(), 3);
    }
}
