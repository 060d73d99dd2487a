//! What the files of pictures are called, and where they are reached.

use sha2::{Digest, Sha256};

use crate::address;

crate::word! {
    /// How a picture is written: its media type.
    Format { Jpeg = "image/jpeg", Png = "image/png", Webp = "image/webp" }
}

/// Each picture is kept in three sizes. None is larger than what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As it was sent.
    Full,
    /// At most 960 pixels on each side.
    Large,
    /// At most 320 pixels on each side.
    Small,
}

/// The name of a picture's file: the SHA-256 of its bytes in hexadecimal digits, and an ending.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    Hash,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct FileName(String);

crate::column!(FileName is Text, as String);

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// How the smaller sizes of such a picture are written. Only WebP lets the background through.
    #[must_use]
    pub fn of_sizes(self) -> Self {
        match self {
            Self::Jpeg | Self::Png => Self::Jpeg,
            Self::Webp => Self::Webp,
        }
    }
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 3] = [Self::Full, Self::Large, Self::Small];

    /// How many pixels its longer side has at most.
    pub fn side(self) -> u32 {
        match self {
            Self::Full => u32::MAX,
            Self::Large => 960,
            Self::Small => 320,
        }
    }
}

impl FileName {
    /// The name for these bytes.
    pub fn of(bytes: &[u8], format: Format) -> Self {
        Self(format!("{:x}.{}", Sha256::digest(bytes), format.ending()))
    }

    /// The name as it is in the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the file of one size is called.
    pub fn sized(&self, size: Size) -> String {
        match (size, self.0.split_once('.')) {
            (Size::Large | Size::Small, Some((digest, ending))) => {
                let ending = if ending == "webp" { "webp" } else { "jpg" };
                format!("{digest}-{}.{ending}", size.side())
            }
            _ => self.0.clone(),
        }
    }

    /// Where one size is reached on this site, for its own pages.
    pub fn path(&self, size: Size) -> String {
        format!("/images/{}", self.sized(size))
    }

    /// Where one size is reached.
    pub fn url(&self, size: Size) -> String {
        address::of(&format!("/images/{}", self.sized(size)))
    }
}

impl From<String> for FileName {
    fn from(name: String) -> Self {
        Self(name)
    }
}

/// What the last part of an address asks for: a size of one of these files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the file may be called.
    pub names: Vec<FileName>,
    /// Which size of it.
    pub size: Size,
}

impl Asked {
    /// Reads a name of the form that [`FileName::sized`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (stem, ending) = text.split_once('.')?;
        let (digest, pixels) = stem.split_once('-').unwrap_or((stem, ""));
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digest.len() != 64 || !digest.bytes().all(is_hex) {
            return None;
        }
        let ending_with = |endings: &[&str]| {
            endings.iter().map(|ending| FileName(format!("{digest}.{ending}"))).collect()
        };
        let size = match pixels {
            "" if stem == digest => Size::Full,
            "960" => Size::Large,
            "320" => Size::Small,
            _ => return None,
        };
        let names = match (size, ending) {
            (Size::Full, "jpg" | "png" | "webp") => ending_with(&[ending]),
            (Size::Large | Size::Small, "jpg") => ending_with(&["jpg", "png"]),
            (Size::Large | Size::Small, "webp") => ending_with(&["webp"]),
            _ => return None,
        };
        Some(Self { names, size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_file() {
        for format in [Format::Jpeg, Format::Png, Format::Webp] {
            let name = FileName::of(b"owambe", format);
            for size in Size::ALL {
                let asked = Asked::parse(&name.sized(size)).unwrap();
                assert!(asked.names.contains(&name) && asked.size == size, "{name:?} {size:?}");
            }
        }
    }

    #[test]
    fn other_names_lead_nowhere() {
        let digest = "0".repeat(64);
        let short = &digest[1..];
        for name in [
            String::new(),
            "../../etc/passwd".to_owned(),
            digest.clone(),
            format!("{short}.jpg"),
            format!("{short}A.jpg"),
            format!("{short}/.jpg"),
            format!("{digest}-.jpg"),
            format!("{digest}-961.jpg"),
            format!("{digest}-320.png"),
            format!("{digest}.svg"),
            format!("{digest}.jpg.html"),
        ] {
            assert_eq!(Asked::parse(&name), None, "{name}");
        }
    }
}
