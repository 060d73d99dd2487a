//! What takes long to make, and never changes under its name: kept for as long as there is room.

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// How much is kept at most, in bytes.
const MOST: u64 = 8 << 20;

/// How many things that are, about.
const USUAL: usize = 32;

/// Bytes, by what they are called.
pub struct Made(Cache<String, Bytes, Lengths>);

#[derive(Clone)]
struct Lengths;

impl Weighter<String, Bytes> for Lengths {
    fn weight(&self, name: &String, bytes: &Bytes) -> u64 {
        (name.len() + bytes.len()) as u64
    }
}

impl Default for Made {
    fn default() -> Self {
        Self(Cache::with_weighter(USUAL, MOST, Lengths))
    }
}

impl Made {
    /// What was made under this name, if it is still there.
    pub fn get(&self, name: &str) -> Option<Bytes> {
        self.0.get(name)
    }

    /// Keeps what was made.
    pub fn put(&self, name: String, bytes: Bytes) {
        self.0.insert(name, bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_no_more_than_it_may() {
        let made = Made::default();
        for number in 0..100 {
            made.put(number.to_string(), Bytes::from(vec![0; 500_000]));
        }
        assert!(made.0.weight() <= MOST && made.0.len() > 5);
        made.put("a".to_owned(), Bytes::from_static(b"b"));
        assert_eq!(made.get("a"), Some(Bytes::from_static(b"b")));
    }
}
