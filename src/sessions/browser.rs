//! In which browser somebody is signed in, in words that they know it by.

/// What a browser calls itself, and how people call it: the first that fits. Most of them name
/// others, too, whose pages they can show.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// What it calls the system, and how people call that: the first that fits.
const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The longest name of a program that nobody here knows, in characters.
const LONGEST: usize = 40;

/// Which browser it is, and on which system, by what it calls itself (RFC 9110, section 10.1.5). What
/// is none of those that are known is called by its first word.
pub fn named(user_agent: &str) -> (String, Option<&'static str>) {
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, name)| *name)
    };
    let first = || {
        let word = user_agent.split(['/', ' ']).next().unwrap_or_default();
        word.chars().take(LONGEST).collect()
    };
    (known(BROWSERS).map_or_else(first, str::to_owned), known(SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_browser_is_called_as_people_call_it() {
        let is = |user_agent: &str, browser: &str, system: Option<&str>| {
            let found = named(user_agent);
            assert_eq!((found.0.as_str(), found.1), (browser, system), "{user_agent}");
        };
        let linux = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
        is(linux, "Firefox", Some("Linux"));
        let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                      Gecko) Chrome/142.0.0.0 Safari/537.36";
        is(chrome, "Chrome", Some("Windows"));
        is(&format!("{chrome} Edg/142.0.0.0"), "Edge", Some("Windows"));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 \
                     (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1";
        is(phone, "Safari", Some("iPhone"));
        let android = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                       SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36";
        is(android, "Samsung Internet", Some("Android"));
        is("curl/8.14.1", "curl", None);
        is("<script>", "<script>", None);
        is("", "", None);
    }
}
