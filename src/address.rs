//! Where this site is reached: a process serves one site, and that site has one address.
//!
//! It is said once, when the site opens, and so every link can be written where it is needed.

use std::sync::OnceLock;

static SITE: OnceLock<String> = OnceLock::new();

/// Says where people reach the site: scheme, host and port, no slash at the end. The first word
/// stands.
pub fn settle(url: &str) {
    SITE.get_or_init(|| url.to_owned());
}

/// The whole address of a path of this site; the path alone, until it is settled.
pub fn of(path: &str) -> String {
    format!("{}{path}", SITE.get().map_or("", String::as_str))
}
