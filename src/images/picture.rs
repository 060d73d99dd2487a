//! From the bytes that somebody sent to the bytes that are kept: the same picture, upright, in sRGB,
//! without anything that is not picture, in three sizes.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::images::{Image as Canvas, ImageRef};
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader,
    ImageResult, Limits,
};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::files::{Format, Size};

/// The most pixels that are unpacked.
const MOST_PIXELS: u64 = 40_000_000;

/// The longest side, in pixels. What is thinner than thread costs far more than its pixels.
const LONGEST_SIDE: u32 = 30_000;

/// What a decoder of PNG may ask for besides the pixels: some rows, and a profile.
const MOST_BESIDE: u64 = 16_000_000;

/// The longest side of a WebP, in pixels.
const LONGEST_WEBP: u32 = 16_383;

/// The most memory that a decoder may ask for, in bytes: those pixels at 16 bits, and what it needs
/// beside. With what is made of them it is half as much again.
const MOST_MEMORY: u64 = MOST_PIXELS * 8 + 32_000_000;

/// A longer profile describes no screen.
const LONGEST_PROFILE: usize = 4_000_000;

/// The longest file that is kept, in bytes.
const LARGEST_KEPT: usize = 12_000_000;

/// How much of the picture a JPEG keeps, of 100.
const QUALITY: u8 = 88;
const SMALL_QUALITY: u8 = 80;

/// A picture, ready to be kept.
#[derive(Clone, Debug)]
pub struct Picture {
    /// How the largest is written.
    pub format: Format,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The bytes of each size, the largest first.
    pub sizes: Vec<(Size, Vec<u8>)>,
}

/// Pixels of three bytes, or of four where some let the background through.
struct Pixels {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    is_opaque: bool,
}

/// Makes a picture of what somebody sent, or says what is wrong with it.
pub fn read(bytes: &[u8]) -> Result<Picture, String> {
    let Ok(source @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) =
        image::guess_format(bytes)
    else {
        return Err("this is no JPEG, PNG, WebP or GIF".to_owned());
    };
    // The decoders are not ours, and a broken picture must not be more than that.
    let pixels = catch_unwind(AssertUnwindSafe(|| decode(bytes, source)))
        .unwrap_or_else(|_| Err("the picture is damaged".to_owned()))?;
    let format = match (pixels.is_opaque, source) {
        (false, _) => Format::Webp,
        (true, ImageFormat::Png | ImageFormat::Gif) => Format::Png,
        (true, _) => Format::Jpeg,
    };
    encode(pixels, format).map_err(|err| format!("the picture cannot be kept: {err}"))
}

/// Makes a picture of pixels: red, green and blue from the top left on.
pub fn draw(bytes: Vec<u8>, width: u32, height: u32) -> Result<Picture, String> {
    let pixels = Pixels { bytes, width, height, is_opaque: true };
    encode(pixels, Format::Jpeg).map_err(|err| err.to_string())
}

/// The middle of a picture that is kept, in this very size: red, green and blue from the top left on.
pub fn middle(bytes: &[u8], width: u32, height: u32) -> Result<Vec<u8>, String> {
    let format = image::guess_format(bytes).map_err(|err| err.to_string())?;
    let mut pixels = decode(bytes, format)?;
    if !pixels.is_opaque {
        pixels.put_on_white();
    }
    let middle = pixels.cropped_to(width, height).map_err(|err| err.to_string())?;
    Ok(middle.bytes)
}

/// Writes pixels as PNG: red, green and blue from the top left on.
pub fn png(bytes: &[u8], width: u32, height: u32) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let encoder =
        PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
    let written = encoder.write_image(bytes, width, height, ExtendedColorType::Rgb8);
    written.map(|()| out).map_err(|err| err.to_string())
}

fn decode(bytes: &[u8], format: ImageFormat) -> Result<Pixels, String> {
    let damaged = |err| format!("the picture is damaged: {err}");
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(if format == ImageFormat::Png { MOST_BESIDE } else { MOST_MEMORY });
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    match u64::from(width) * u64::from(height) {
        0 => return Err("the picture has no pixels".to_owned()),
        pixels if pixels > MOST_PIXELS => {
            return Err(format!("{width} × {height} are more than 40 megapixels"));
        }
        _ if width.max(height) > LONGEST_SIDE => {
            return Err(format!("a side has at most {LONGEST_SIDE} pixels"));
        }
        _ => {}
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let is_rgb = decoder.original_color_type().channel_count() >= 3;
    let profile = decoder.icc_profile().ok().flatten().filter(|_| is_rgb);
    let image = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    let mut pixels = Pixels::of(image, orientation);
    if let Some(profile) = profile.filter(|profile| profile.len() <= LONGEST_PROFILE) {
        pixels.turn_to_srgb(&profile);
    }
    Ok(pixels)
}

impl Pixels {
    /// Turned when they are few bytes each, so that there are never two large copies of them.
    fn of(mut image: DynamicImage, orientation: Orientation) -> Self {
        let mut is_opaque = true;
        if image.color().has_alpha() {
            let rgba = image.into_rgba8();
            is_opaque = rgba.pixels().all(|pixel| pixel.0[3] == 255);
            image = rgba.into();
        }
        if is_opaque {
            image = image.into_rgb8().into();
        }
        image.apply_orientation(orientation);
        let (width, height) = (image.width(), image.height());
        Self { bytes: image.into_bytes(), width, height, is_opaque }
    }

    /// Where the profile is not one of RGB, or not to be understood, the numbers stay as they are.
    fn turn_to_srgb(&mut self, profile: &[u8]) {
        let Ok(from) = ColorProfile::new_from_slice(profile) else { return };
        if from.color_space != DataColorSpace::Rgb {
            return;
        }
        let layout = if self.is_opaque { Layout::Rgb } else { Layout::Rgba };
        let srgb = ColorProfile::new_srgb();
        let options = TransformOptions::default();
        let Ok(turn) = from.create_transform_8bit(layout, &srgb, layout, options) else { return };
        let row = self.width as usize * if self.is_opaque { 3 } else { 4 };
        let mut turned = vec![0; row];
        for row in self.bytes.chunks_exact_mut(row) {
            if turn.transform(row, &mut turned).is_ok() {
                row.copy_from_slice(&turned);
            }
        }
    }

    /// The same within a square of `side` pixels, or as it is where it fits already.
    fn within(&self, side: u32) -> Result<Self, fast_image_resize::ResizeError> {
        let longest = self.width.max(self.height);
        let (mut width, mut height) = (self.width, self.height);
        if longest > side {
            let scaled = |length: u32| {
                let exact = u64::from(length) * u64::from(side);
                let rounded = (exact + u64::from(longest) / 2) / u64::from(longest);
                u32::try_from(rounded).unwrap_or(side).max(1)
            };
            (width, height) = (scaled(width), scaled(height));
        }
        if (width, height) == (self.width, self.height) {
            return Ok(Self { bytes: self.bytes.clone(), ..*self });
        }
        let kind = if self.is_opaque { PixelType::U8x3 } else { PixelType::U8x4 };
        let mut canvas = Canvas::new(width, height, kind);
        let source = ImageRef::new(self.width, self.height, &self.bytes, kind)
            .map_err(|_| fast_image_resize::ResizeError::PixelTypesAreDifferent)?;
        Resizer::new().resize(&source, &mut canvas, &ResizeOptions::new())?;
        Ok(Self { bytes: canvas.into_vec(), width, height, is_opaque: self.is_opaque })
    }

    /// As much as possible of the middle, in this very size.
    fn cropped_to(&self, width: u32, height: u32) -> Result<Self, fast_image_resize::ResizeError> {
        let source = ImageRef::new(self.width, self.height, &self.bytes, PixelType::U8x3)
            .map_err(|_| fast_image_resize::ResizeError::PixelTypesAreDifferent)?;
        let mut canvas = Canvas::new(width, height, PixelType::U8x3);
        let middle = ResizeOptions::new().fit_into_destination(None);
        Resizer::new().resize(&source, &mut canvas, &middle)?;
        Ok(Self { bytes: canvas.into_vec(), width, height, is_opaque: true })
    }

    fn put_on_white(&mut self) {
        let over_white = |pixel: &[u8]| {
            let alpha = u32::from(pixel[3]);
            let mix = |part: u8| (u32::from(part) * alpha + 255 * (255 - alpha)) / 255;
            [pixel[0], pixel[1], pixel[2]].map(|part| u8::try_from(mix(part)).unwrap_or(255))
        };
        self.bytes = self.bytes.chunks_exact(4).flat_map(over_white).collect();
        self.is_opaque = true;
    }

    /// The bytes, and the pixels that they show: half as many each way, where it takes that to keep
    /// within `most` bytes. Some files that were small are large without loss.
    fn write_within(mut self, format: Format, most: usize) -> anyhow::Result<(Self, Vec<u8>)> {
        if format == Format::Webp {
            self = self.within(LONGEST_WEBP)?;
        }
        loop {
            let bytes = self.write(format, QUALITY)?;
            if bytes.len() <= most {
                return Ok((self, bytes));
            }
            self = self.within(self.width.max(self.height) / 2)?;
        }
    }

    fn write(&self, format: Format, quality: u8) -> ImageResult<Vec<u8>> {
        let mut out = Vec::new();
        let color = if self.is_opaque { ExtendedColorType::Rgb8 } else { ExtendedColorType::Rgba8 };
        let (bytes, width, height) = (&self.bytes, self.width, self.height);
        match format {
            Format::Jpeg => JpegEncoder::new_with_quality(&mut out, quality)
                .write_image(bytes, width, height, color)?,
            Format::Png => PngEncoder::new(&mut out).write_image(bytes, width, height, color)?,
            Format::Webp => {
                WebPEncoder::new_lossless(&mut out).write_image(bytes, width, height, color)?;
            }
        }
        Ok(out)
    }
}

fn encode(pixels: Pixels, format: Format) -> Result<Picture, anyhow::Error> {
    let (pixels, full) = pixels.write_within(format, LARGEST_KEPT)?;
    let mut sizes = vec![(Size::Full, full)];
    let large = pixels.within(Size::Large.side())?;
    sizes.push((Size::Large, large.write(format.of_sizes(), SMALL_QUALITY)?));
    // The smallest is made of the middle one, which is many times quicker and looks the same.
    let small = large.within(Size::Small.side())?;
    sizes.push((Size::Small, small.write(format.of_sizes(), SMALL_QUALITY)?));
    Ok(Picture { format, width: pixels.width, height: pixels.height, sizes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pixels(width: u32, height: u32) -> Pixels {
        let bytes = vec![7; (width * height * 3) as usize];
        Pixels { bytes, width, height, is_opaque: true }
    }

    #[test]
    fn sizes_keep_the_shape_and_are_never_larger() {
        let within = |width, height, side| {
            let small = pixels(width, height).within(side).unwrap();
            (small.width, small.height)
        };
        assert_eq!(within(2000, 1000, 320), (320, 160));
        assert_eq!(within(1000, 2000, 320), (160, 320));
        assert_eq!(within(300, 200, 320), (300, 200));
        assert_eq!(within(4000, 1, 320), (320, 1));
    }

    #[test]
    fn what_would_be_large_without_loss_is_kept_smaller() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        };
        let bytes = (0..400 * 300 * 4).map(|_| noise()).collect();
        let pixels = Pixels { bytes, width: 400, height: 300, is_opaque: false };

        let (kept, bytes) = pixels.write_within(Format::Webp, 200_000).unwrap();

        assert_eq!((kept.width, kept.height), (200, 150));
        assert!((50_000..200_000).contains(&bytes.len()), "{}", bytes.len());
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(start in 0_usize..4, bytes: Vec<u8>) {
            let magic: &[u8] = [&b"\xff\xd8\xff\xe0"[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x20\0\0\0WEBPVP8 "][start];
            prop_assert!(read(&[magic, &bytes].concat()).is_err());
        }
    }
}
