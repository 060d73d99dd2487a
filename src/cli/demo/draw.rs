//! The pictures of the sample: patterns such as printed cloth has, drawn here, of nobody.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use crate::images::picture::{Picture, draw};

type Colour = [f32; 3];

/// Colours that go together: a ground, and three to print on it.
const PALETTES: &[[Colour; 4]] = &[
    [[0.99, 0.93, 0.80], [0.80, 0.27, 0.13], [0.13, 0.27, 0.37], [0.93, 0.65, 0.20]],
    [[0.10, 0.17, 0.33], [0.95, 0.90, 0.78], [0.87, 0.45, 0.18], [0.31, 0.55, 0.62]],
    [[0.20, 0.33, 0.26], [0.96, 0.80, 0.35], [0.90, 0.42, 0.30], [0.93, 0.91, 0.83]],
    [[0.45, 0.13, 0.24], [0.97, 0.78, 0.65], [0.93, 0.55, 0.25], [0.27, 0.10, 0.22]],
    [[0.94, 0.88, 0.90], [0.47, 0.25, 0.47], [0.85, 0.35, 0.45], [0.23, 0.38, 0.55]],
    [[0.96, 0.77, 0.33], [0.25, 0.20, 0.30], [0.80, 0.30, 0.22], [0.98, 0.95, 0.86]],
];

/// What is printed, over and over.
#[derive(Clone, Copy)]
enum Motif {
    Circles,
    Diamonds,
    Waves,
    Suns,
}

impl Motif {
    const ALL: [Self; 4] = [Self::Circles, Self::Diamonds, Self::Waves, Self::Suns];

    fn alt(self) -> &'static str {
        match self {
            Self::Circles => "A pattern of circles within circles, as on printed cloth",
            Self::Diamonds => "A pattern of diamonds, as on printed cloth",
            Self::Waves => "A pattern of waves, as on printed cloth",
            Self::Suns => "A pattern of small suns, as on printed cloth",
        }
    }

    /// Which of the four colours is at a place of a tile, both from -1 to 1.
    fn colour_at(self, x: f32, y: f32) -> usize {
        let (radius, angle) = (x.hypot(y), y.atan2(x));
        match self {
            Self::Circles if radius > 0.9 => 0,
            Self::Circles => 1 + rings(radius * 4.5) % 3,
            Self::Diamonds => rings((x.abs() + y.abs()) * 2.6) % 4,
            Self::Waves => rings(6.0 + 2.5 * y + 0.6 * (x * std::f32::consts::PI).sin()) % 4,
            Self::Suns => match radius {
                r if r < 0.30 => 2,
                r if r < 0.38 => 0,
                r if r < 0.62 + 0.22 * (angle * 12.0).cos() => 1,
                r if r > 1.18 => 3,
                _ => 0,
            },
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is small")]
fn rings(distance: f32) -> usize {
    distance.max(0.0) as usize
}

/// A picture, and what it shows.
pub struct Drawn {
    pub picture: Picture,
    pub alt: &'static str,
}

/// Cloth, lighter at the top: another one for each number.
pub fn cloth(number: u64, width: u32, height: u32) -> Result<Drawn, String> {
    let mut random = StdRng::seed_from_u64(number);
    let palette = *PALETTES.choose(&mut random).unwrap_or(&PALETTES[0]);
    let motif = *Motif::ALL.choose(&mut random).unwrap_or(&Motif::Circles);
    let tile = random.random_range(110.0..220.0);
    let turned: f32 = random.random_range(-0.4..0.4);
    let (sin, cos) = turned.sin_cos();
    let picture = paint(width, height, |x, y| {
        let (across, down) = ((x * cos - y * sin) / tile, (x * sin + y * cos) / tile);
        let within = |at: f32| (at - at.floor()) * 2.0 - 1.0;
        let colour = palette[motif.colour_at(within(across), within(down))];
        #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
        let shade = 1.08 - 0.22 * y / height as f32;
        colour.map(|part| part * shade)
    })?;
    Ok(Drawn { picture, alt: motif.alt() })
}

/// A face of dots, the same on the left as on the right: another one for each number.
pub fn face(number: u64) -> Result<Drawn, String> {
    const SIDE: u32 = 320;
    const DOTS: usize = 5;
    let mut random = StdRng::seed_from_u64(number ^ 0xface);
    let palette = *PALETTES.choose(&mut random).unwrap_or(&PALETTES[0]);
    let dots: [[usize; DOTS]; DOTS] =
        std::array::from_fn(|_| std::array::from_fn(|_| random.random_range(0..4)));
    let picture = paint(SIDE, SIDE, |x, y| {
        let (across, down) = (x / 64.0, y / 64.0);
        let column = rings(across).min(DOTS - 1);
        let row = rings(down).min(DOTS - 1);
        let (dx, dy) = (across.fract() - 0.5, down.fract() - 0.5);
        let is_dot = dx.hypot(dy) < 0.44;
        palette[if is_dot { dots[row][column.min(DOTS - 1 - column)] } else { 0 }]
    })?;
    Ok(Drawn { picture, alt: "A face of coloured dots" })
}

/// Asks for the colour of four places in each pixel, so that edges are smooth.
fn paint(width: u32, height: u32, colour: impl Fn(f32, f32) -> Colour) -> Result<Picture, String> {
    const PLACES: [(f32, f32); 4] = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
    let mut bytes = Vec::with_capacity(width as usize * height as usize * 3);
    for y in 0..height {
        for x in 0..width {
            #[expect(clippy::cast_precision_loss, reason = "pixels are few")]
            let (left, top) = (x as f32, y as f32);
            let four = PLACES.map(|(dx, dy)| colour(left + dx, top + dy));
            for part in 0..3 {
                let sum: f32 = four.iter().map(|colour| colour[part]).sum();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "it is from 0 to 255"
                )]
                bytes.push((sum / 4.0 * 255.0).clamp(0.0, 255.0) as u8);
            }
        }
    }
    draw(bytes, width, height)
}
