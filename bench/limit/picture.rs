//! A picture to upload, and the bare work on one: unpacking, shrinking, and packing it in three sizes.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use owambe::images::picture;
use tokio::task::spawn_blocking;

use crate::Limit;

/// Pixels of the picture, as a camera of twelve megapixels takes it.
const WIDTH: u32 = 4000;
const HEIGHT: u32 = 3000;

/// How much of it the camera keeps, of 100.
const QUALITY: u8 = 90;

/// How far a pixel may be off: with this, the file has some four megabytes.
const GRAIN: u32 = 27;

/// A photograph of nothing: soft shapes, an edge here and there, and grain. It is the same each time.
pub fn draw() -> anyhow::Result<Vec<u8>> {
    let mut pixels = Vec::with_capacity(WIDTH as usize * HEIGHT as usize * 3);
    let mut state = 1_u32;
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 16) % GRAIN;
            let edge = if (x / 250 + y / 190).is_multiple_of(3) { 40 } else { 0 };
            for shade in [x * 150 / WIDTH, y * 150 / HEIGHT, (x + y) * 150 / (WIDTH + HEIGHT)] {
                pixels.push(u8::try_from(shade + edge + grain)?);
            }
        }
    }
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, QUALITY).encode(
        &pixels,
        WIDTH,
        HEIGHT,
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}

/// Makes of a picture what Owambe makes of it, on as many threads as there are hands, and forgets it.
pub async fn upload(State(limit): State<Arc<Limit>>, sent: Multipart) -> Response {
    match retouch(&limit, sent).await {
        Ok(bytes) => crate::json(StatusCode::OK, format!("{{\"bytes\":{bytes}}}").into()),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn retouch(limit: &Limit, mut sent: Multipart) -> anyhow::Result<usize> {
    let field = sent.next_field().await?.context("there is no picture")?;
    let file = field.bytes().await?;
    let hand = limit.hands.clone().acquire_owned().await?;
    let made = spawn_blocking(move || {
        let _hand = hand;
        picture::read(&file)
    });
    let made = made.await?.map_err(|wrong| anyhow!(wrong))?;
    Ok(made.sizes.iter().map(|(_, bytes)| bytes.len()).sum())
}
