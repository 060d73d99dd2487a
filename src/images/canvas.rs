//! A surface to draw on: pixels of red, green and blue.

/// Red, green and blue.
pub type Color = [u8; 3];

/// A part of a surface, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// Its left edge.
    pub x: u32,
    /// Its upper edge.
    pub y: u32,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// The surface.
pub struct Canvas {
    /// The pixels, from the top left on.
    pub bytes: Vec<u8>,
    width: u32,
    height: u32,
}

impl Canvas {
    /// A surface of one colour.
    pub fn new(width: u32, height: u32, color: Color) -> Self {
        Self { bytes: color.repeat((width * height) as usize), width, height }
    }

    /// Puts a colour over a pixel, more or less of it: from 0 to 1. Beside the surface is nothing.
    pub fn blend(&mut self, (x, y): (i64, i64), color: Color, cover: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
        if x >= self.width || y >= self.height {
            return;
        }
        let at = ((y * self.width + x) * 3) as usize;
        for (byte, part) in self.bytes[at..at + 3].iter_mut().zip(color) {
            let (under, over) = (f32::from(*byte), f32::from(part));
            *byte = whole(under + (over - under) * cover.clamp(0.0, 1.0));
        }
    }

    /// Fills a part with what has a colour at each place.
    pub fn paint(&mut self, area: Area, color: impl Fn(u32, u32) -> Color) {
        for y in area.y..area.y + area.height {
            for x in area.x..area.x + area.width {
                self.blend((x.into(), y.into()), color(x - area.x, y - area.y), 1.0);
            }
        }
    }

    /// Fills a part with one colour; its corners are round.
    pub fn fill(&mut self, area: Area, radius: f32, color: Color) {
        let (width, height) = (real(area.width), real(area.height));
        for y in 0..area.height {
            for x in 0..area.width {
                let (across, down) = (real(x) + 0.5, real(y) + 0.5);
                // How far it is from where the nearest corner begins to be round.
                let beyond =
                    |at: f32, length: f32| (radius - at).max(at - (length - radius)).max(0.0);
                let far = beyond(across, width).hypot(beyond(down, height));
                let place = ((area.x + x).into(), (area.y + y).into());
                self.blend(place, color, radius - far + 0.5);
            }
        }
    }
}

/// A number of pixels, as one reckons with it.
#[expect(clippy::cast_precision_loss, reason = "no picture is that large")]
pub fn real(pixels: u32) -> f32 {
    pixels as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 255")]
fn whole(part: f32) -> u8 {
    part.round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_drawn_beside_the_surface() {
        let mut canvas = Canvas::new(2, 2, [0, 0, 0]);
        for place in [(-1, 0), (0, -1), (2, 0), (0, 2), (i64::MAX, i64::MIN)] {
            canvas.blend(place, [255, 255, 255], 1.0);
        }
        assert_eq!(canvas.bytes, [0; 12]);
        canvas.blend((1, 1), [200, 100, 50], 0.5);
        assert_eq!(canvas.bytes[9..], [100, 50, 25]);
    }

    #[test]
    fn a_part_with_round_corners_leaves_them_out() {
        let mut canvas = Canvas::new(20, 20, [0, 0, 0]);
        canvas.fill(Area { x: 0, y: 0, width: 20, height: 20 }, 8.0, [255, 255, 255]);
        assert_eq!(canvas.bytes[..3], [0, 0, 0]);
        let middle = (10 * 20 + 10) * 3;
        assert_eq!(canvas.bytes[middle..middle + 3], [255, 255, 255]);
        assert_eq!(canvas.bytes[30..33], [255, 255, 255]);
    }
}
