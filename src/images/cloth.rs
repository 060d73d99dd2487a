//! The six cloths, and the woven edge, as the stylesheet draws them.

use super::canvas::{Color, real};

const TERRACOTTA: Color = [0xa8, 0x37, 0x1a];
const EARTH: Color = [0x7c, 0x24, 0x10];
const GOLD: Color = [0xf2, 0xb1, 0x34];
const OCHRE: Color = [0xd9, 0x90, 0x2a];
const GREEN: Color = [0x1c, 0x63, 0x5a];
const LEAF: Color = [0x2f, 0x8f, 0x83];
const INDIGO: Color = [0x33, 0x30, 0x7a];
const VIOLET: Color = [0x4b, 0x47, 0xa5];
const CREAM: Color = [0xff, 0xf3, 0xe0];
const PLUM: Color = [0x7a, 0x23, 0x50];
const ROSE: Color = [0xa2, 0x3a, 0x70];
const OLIVE: Color = [0x4a, 0x5d, 0x23];
const MOSS: Color = [0x66, 0x80, 0x2f];

/// How large the pattern is, in its own measure; it repeats from there on.
const TILE: f32 = 56.0;

/// Pixels that one of its own measure takes, and that all of it takes.
const SCALE: f32 = 2.0;
const PIXELS: u32 = 112;

/// Places at which each pixel is looked at, each way, so that edges are smooth.
const LOOKS: u32 = 3;

/// The colour of a cloth at a pixel: which of the six, a number says.
pub fn color(number: i64, x: u32, y: u32) -> Color {
    let mut sum = [0_u32; 3];
    for look in 0..LOOKS * LOOKS {
        let at = |pixel: u32, look: u32| {
            (real(pixel % PIXELS) + (real(look) + 0.5) / real(LOOKS)) / SCALE
        };
        let seen = thread(number, at(x, look % LOOKS), at(y, look / LOOKS));
        for (sum, part) in sum.iter_mut().zip(seen) {
            *sum += u32::from(part);
        }
    }
    sum.map(|sum| u8::try_from(sum / (LOOKS * LOOKS)).unwrap_or(u8::MAX))
}

/// The colour at a place of the pattern.
fn thread(number: i64, x: f32, y: f32) -> Color {
    let half = TILE / 2.0;
    let middle = (x - half).hypot(y - half);
    // From the nearest corner, of which there are four.
    let corner = x.min(TILE - x).hypot(y.min(TILE - y));
    let diagonal = (x + y).rem_euclid(half);
    match number.rem_euclid(6) {
        0 if middle < 8.0 => GOLD,
        0 if corner < 14.0 => EARTH,
        0 => TERRACOTTA,
        1 if middle < 5.0 => GOLD,
        1 if diagonal < 11.0 => LEAF,
        1 => GREEN,
        2 if middle < 4.0 => CREAM,
        2 if (x - half).abs() + (y - half).abs() > half => VIOLET,
        2 => INDIGO,
        3 if y.rem_euclid(half) < 4.0 => TERRACOTTA,
        3 if x.rem_euclid(half) < 6.0 => OCHRE,
        3 => GOLD,
        4 => scale(x, y),
        _ if x < 4.0 => INDIGO,
        _ if (x - y).rem_euclid(14.0) < 6.0 => MOSS,
        _ => OLIVE,
    }
}

/// Scales as of a fish, one row beside the other.
fn scale(x: f32, y: f32) -> Color {
    let half = TILE / 2.0;
    let from = (x - half).hypot(y - TILE);
    let seed = x.min(TILE - x).hypot(y - half);
    match (from, seed) {
        (11.0..16.0 | 22.0..25.0, _) => ROSE,
        (_, ..4.0) => GOLD,
        _ => PLUM,
    }
}

/// The woven edge, along its length.
pub fn edge(along: u32) -> Color {
    match along / 2 % 100 {
        0..28 => TERRACOTTA,
        28..34 | 94..100 => GOLD,
        34..62 => GREEN,
        62..66 => CREAM,
        _ => INDIGO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cloth_has_a_pattern_that_repeats() {
        let mut cloths = Vec::new();
        for number in -1..7 {
            let row: Vec<Color> = (0..112).map(|x| color(number, x, 30)).collect();
            let again: Vec<Color> = (112..224).map(|x| color(number, x, 30 + 112)).collect();
            assert_eq!(row, again, "{number}");
            assert!(row.iter().any(|it| *it != row[0]), "{number}");
            cloths.push(row);
        }
        cloths.dedup();
        assert_eq!(cloths.len(), 8);
        assert_eq!((&cloths[0], &cloths[1]), (&cloths[6], &cloths[7]));
    }
}
