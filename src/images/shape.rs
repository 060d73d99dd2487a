//! How an image is written on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Image, ImageId};
use crate::clock::Instant;
use crate::files::{Format, Size};

/// A picture, upright and without anything that is not picture.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Image)]
pub struct ImageOut {
    id: ImageId,
    /// Where it is, as large as it was sent.
    #[schema(format = "uri")]
    url: String,
    /// Pixels from left to right.
    width: i64,
    /// Pixels from top to bottom.
    height: i64,
    thumbnails: Thumbnails,
    #[schema(inline)]
    content_type: Format,
    /// How long the file at `url` is.
    bytes: i64,
    /// What it shows, for who does not see it.
    alt: String,
    created_at: Instant,
}

/// The same picture in at most 320 and 960 pixels a side, and never in more than it has.
#[derive(Debug, Serialize, ToSchema)]
struct Thumbnails {
    #[serde(rename = "320")]
    #[schema(format = "uri")]
    small: String,
    #[serde(rename = "960")]
    #[schema(format = "uri")]
    large: String,
}

impl From<Image> for ImageOut {
    fn from(image: Image) -> Self {
        let file = image.file;
        Self {
            id: image.id,
            url: file.name.url(Size::Full),
            width: file.width,
            height: file.height,
            thumbnails: Thumbnails {
                small: file.name.url(Size::Small),
                large: file.name.url(Size::Large),
            },
            content_type: file.content_type,
            bytes: file.bytes,
            alt: image.alt,
            created_at: image.created_at,
        }
    }
}
