//! Slows down who guesses passwords, without locking out whose password it is.
//!
//! Each wrong guess from one address at one account makes the next one wait longer. Many guesses at
//! one account, from wherever they come, make it wait for addresses that it has not signed in from;
//! those that it has are let through. All of it is in bounded memory, and forgotten on a restart.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use lru::LruCache;

use crate::clock::Instant;
use crate::error::{Error, Result};

/// Wrong guesses that cost nothing: anybody mistypes.
const FREE: u32 = 5;

/// The longest wait after a wrong guess, as a power of two seconds: a quarter of an hour, about.
const LONGEST: u32 = 10;

/// Wrong guesses at one account in an hour, after which only addresses that it knows may sign in.
const MOST_AT_ONE: u32 = 100;

/// What is remembered of each kind; then the oldest is forgotten.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(50_000).unwrap();

/// The guard of the site. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guard(Arc<Mutex<Memory>>);

#[derive(Debug)]
struct Memory {
    /// Wrong guesses in a row, by account and address, and until when the next one waits.
    guesses: LruCache<(String, String), (u32, Instant)>,
    /// Wrong guesses at an account, and since when they are counted.
    at: LruCache<String, (u32, Instant)>,
    /// Where an account has signed in from.
    known: LruCache<(String, String), ()>,
}

impl Default for Guard {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Memory {
            guesses: LruCache::new(REMEMBERED),
            at: LruCache::new(REMEMBERED),
            known: LruCache::new(REMEMBERED),
        })))
    }
}

/// Somebody who wants to sign in: to which account, and from where.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What they say who they are: as names are told from each other, whether there is one or not.
    pub login: String,
    /// Their address, as limits count it.
    pub address: String,
}

impl Caller {
    /// Somebody at an address. A longer text is nobody's name.
    pub fn new(login: &str, address: String) -> Self {
        Self { login: login.trim().to_lowercase().chars().take(254).collect(), address }
    }

    fn key(&self) -> (String, String) {
        (self.login.clone(), self.address.clone())
    }
}

impl Guard {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails while they have to wait.
    pub fn check(&self, caller: &Caller, now: Instant) -> Result<()> {
        let mut memory = self.memory();
        let until = memory.guesses.get(&caller.key()).map_or(Instant::EPOCH, |(_, until)| *until);
        if until > now {
            return Err(Error::TooMany(until.since(now)));
        }
        if memory.known.get(&caller.key()).is_some() {
            return Ok(());
        }
        match memory.at.get(&caller.login) {
            Some((count, since)) if *count >= MOST_AT_ONE && since.plus(HOUR) > now => {
                Err(Error::TooMany(since.plus(HOUR).since(now)))
            }
            _ => Ok(()),
        }
    }

    /// Notes a guess, as a wrong one until it proves right: several at once are several.
    pub fn guessed(&self, caller: &Caller, now: Instant) {
        let mut memory = self.memory();
        let (guesses, _) = memory.guesses.get(&caller.key()).copied().unwrap_or((0, now));
        let guesses = guesses.saturating_add(1);
        let wait = match guesses.checked_sub(FREE) {
            None => 0,
            Some(more) => 1_i64 << more.min(LONGEST),
        };
        memory.guesses.put(caller.key(), (guesses, now.plus(TimeDelta::seconds(wait))));
        let (count, since) = memory.at.get(&caller.login).copied().unwrap_or((0, now));
        let counted = if since.plus(HOUR) > now { (count + 1, since) } else { (1, now) };
        memory.at.put(caller.login.clone(), counted);
    }

    /// Notes that it was them.
    pub fn succeeded(&self, caller: &Caller) {
        let mut memory = self.memory();
        memory.guesses.pop(&caller.key());
        if let Some((count, _)) = memory.at.get_mut(&caller.login) {
            *count = count.saturating_sub(1);
        }
        memory.known.put(caller.key(), ());
    }
}

const HOUR: TimeDelta = TimeDelta::hours(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Caller {
        Caller { login: "ada".to_owned(), address: address.to_owned() }
    }

    fn wait(guard: &Guard, caller: &Caller, now: Instant) -> u64 {
        match guard.check(caller, now) {
            Err(Error::TooMany(wait)) => wait.as_secs(),
            _ => 0,
        }
    }

    #[test]
    fn each_wrong_guess_waits_longer_and_a_right_one_forgets_them() {
        let (guard, caller, now) = (Guard::default(), from("192.0.2.1"), Instant::EPOCH);
        let waits: Vec<u64> = (0..18)
            .map(|_| {
                guard.guessed(&caller, now);
                wait(&guard, &caller, now)
            })
            .collect();
        assert_eq!(waits[..8], [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(waits[17], 1024);
        assert_eq!(wait(&guard, &from("192.0.2.2"), now), 0, "others do not wait for that");
        assert_eq!(wait(&guard, &caller, now.plus(TimeDelta::seconds(1025))), 0);

        guard.succeeded(&caller);
        guard.guessed(&caller, now);
        assert_eq!(wait(&guard, &caller, now), 0);
    }

    #[test]
    fn guesses_from_everywhere_do_not_lock_the_owner_out() {
        let (guard, home, now) = (Guard::default(), from("198.51.100.1"), Instant::EPOCH);
        guard.succeeded(&home);
        for number in 0..100 {
            guard.guessed(&from(&format!("203.0.113.{number}")), now);
        }

        assert_eq!(wait(&guard, &from("192.0.2.9"), now), 3600);
        assert_eq!(wait(&guard, &home, now), 0, "from home they may sign in");
        assert_eq!(wait(&guard, &from("192.0.2.9"), now.plus(HOUR)), 0);
        let other = Caller { login: "bola".to_owned(), address: "192.0.2.9".to_owned() };
        assert_eq!(wait(&guard, &other, now), 0);
    }
}
