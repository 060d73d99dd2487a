//! What the site says to people, in each language that it knows.
//!
//! A language is a folder of Fluent files in `locales/`. What one does not say, English does.

mod dates;

use std::sync::LazyLock;

use chrono::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use rust_embed::RustEmbed;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "locales"]
struct Files;

/// What everything is said in, where nobody asks for anything else.
const FIRST: &str = "en";

/// A language that the site speaks.
pub struct Language {
    id: LanguageIdentifier,
    code: String,
    texts: FluentBundle<FluentResource>,
    /// What days and months are called.
    names: Locale,
}

/// Whole numbers, as a language writes them.
struct Decimals(DecimalFormatter);

impl Memoizable for Decimals {
    type Args = ();
    type Error = anyhow::Error;

    fn construct(language: LanguageIdentifier, (): ()) -> anyhow::Result<Self> {
        let locale: icu_locale_core::Locale = language.to_string().parse()?;
        Ok(Self(DecimalFormatter::try_new(locale.into(), DecimalFormatterOptions::default())?))
    }
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    let mut codes: Vec<String> = Files::iter()
        .filter_map(|path| path.split_once('/').map(|(code, _)| code.to_owned()))
        .collect();
    codes.sort_unstable_by_key(|code| (code != FIRST, code.clone()));
    codes.dedup();
    codes.iter().filter_map(|code| Language::read(code)).collect()
});

/// Every language, English first.
pub fn languages() -> &'static [Language] {
    &LANGUAGES
}

/// The language that suits best whoever reads these: an `Accept-Language` (RFC 9110, section
/// 12.5.4).
///
/// # Panics
/// Where the binary was built without English.
pub fn language(accepted: &str) -> &'static Language {
    let asked = parse_accepted_languages(&accepted.chars().take(200).collect::<String>());
    let known: Vec<&LanguageIdentifier> = LANGUAGES.iter().map(|language| &language.id).collect();
    let first = &LANGUAGES[0];
    let suits = negotiate_languages(&asked, &known, None, NegotiationStrategy::Lookup);
    let best = suits.first().and_then(|id| LANGUAGES.iter().find(|language| &language.id == **id));
    best.unwrap_or(first)
}

impl Language {
    fn read(code: &str) -> Option<Self> {
        let id: LanguageIdentifier = code.parse().ok()?;
        let mut texts = FluentBundle::new_concurrent(vec![id.clone()]);
        // The marks around what is put in would show up in titles and in letters.
        texts.set_use_isolating(false);
        texts.set_formatter(Some(written));
        for path in Files::iter().filter(|path| path.starts_with(&format!("{code}/"))) {
            let text = Files::get(&path)?;
            let text = String::from_utf8_lossy(&text.data).into_owned();
            match FluentResource::try_new(text) {
                Ok(file) => drop(texts.add_resource(file)),
                Err((file, errors)) => {
                    tracing::error!(path = %path, ?errors, "cannot read all of these texts");
                    drop(texts.add_resource(file));
                }
            }
        }
        let mut language = Self { id, code: code.to_owned(), texts, names: Locale::en_GB };
        let names = language.find("language-names", None);
        language.names =
            names.and_then(|it| Locale::try_from(it.as_str()).ok()).unwrap_or(Locale::en_GB);
        Some(language)
    }

    /// How HTML and HTTP call it (BCP 47).
    pub fn code(&self) -> &str {
        &self.code
    }

    /// A text.
    pub fn say(&self, id: &str) -> String {
        self.tell(id, &[])
    }

    /// A text, or another one where there is none for this very case.
    pub fn say_or(&self, id: &str, other: &str) -> String {
        let found = self.find(id, None).or_else(|| LANGUAGES[0].find(id, None));
        found.unwrap_or_else(|| self.say(other))
    }

    /// A text with something in it. Numbers are written as this language does.
    pub fn tell(&self, id: &str, values: &[(&'static str, Value<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            match value {
                Value::Text(text) => args.set(*name, FluentValue::from(*text)),
                Value::Number(number) => args.set(*name, FluentValue::from(*number)),
            }
        }
        let found = self.find(id, Some(&args));
        found.or_else(|| LANGUAGES[0].find(id, Some(&args))).unwrap_or_else(|| id.to_owned())
    }

    fn find(&self, id: &str, args: Option<&FluentArgs<'_>>) -> Option<String> {
        let pattern = self.texts.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.texts.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(id, ?errors, "cannot say this");
        }
        Some(text)
    }

    /// What is wrong, as the site says it in English, in this language where that is known: under
    /// `said-` and its words.
    pub fn translated(&self, english: &str) -> String {
        let words = english.split(|it: char| !it.is_ascii_alphanumeric());
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
        let found = self.find(&format!("said-{}", words.join("-")), None);
        found.unwrap_or_else(|| english.to_owned())
    }

    /// A whole number.
    pub fn number(&self, number: i64) -> String {
        self.tell("a-number", &[("number", number.into())])
    }
}

/// A number in a text.
fn written(value: &FluentValue<'_>, memory: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "it came from a whole number")]
    let number = Decimal::from(number.value as i64);
    memory.with_try_get::<Decimals, _, _>((), |it| it.0.format(&number).to_string()).ok()
}

/// What is put into a text.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// As it is.
    Text(&'a str),
    /// As the language writes it.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

// Templates lend what they are lent.
impl<'a, T: ?Sized> From<&'a &'a T> for Value<'a>
where
    Value<'a>: From<&'a T>,
{
    fn from(lent: &'a &'a T) -> Self {
        <Self as From<&'a T>>::from(lent)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&i64> for Value<'_> {
    fn from(number: &i64) -> Self {
        Self::Number(*number)
    }
}

impl From<&usize> for Value<'_> {
    fn from(number: &usize) -> Self {
        <Self as From<usize>>::from(*number)
    }
}

impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
