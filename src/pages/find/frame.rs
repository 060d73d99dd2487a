//! A map that holds some places: which part of the Earth it shows, and where on it each place is.
//!
//! It is drawn as map tiles are (Web Mercator, EPSG:3857), so that tiles can lie under it.

use std::f64::consts::{PI, TAU};

use crate::geo::Place;

/// How large the map is, in its own units.
pub const WIDTH: f64 = 800.0;
/// The same from top to bottom.
pub const HEIGHT: f64 = 500.0;

/// How much is left free on each side.
const MARGIN: f64 = 60.0;

/// How much of the way around the Earth the map shows at least: about two kilometres at the equator.
const LEAST: f64 = 5e-5;

/// The finest tiles that there are.
const FINEST: i32 = 18;

/// A tile is this wide, where it is not stretched.
const TILE: f64 = 256.0;

/// The coast is drawn so coarsely that it only serves where much of the Earth is seen.
const COASTS: f64 = 0.01;

/// A part of the Earth.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    west: f64,
    north: f64,
    /// Units of the map for once around the Earth.
    scale: f64,
}

/// A piece of a map that is drawn elsewhere, and where it lies on this one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// How fine it is.
    pub zoom: i32,
    /// Which one it is from the west.
    pub column: i32,
    /// Which one it is from the north.
    pub row: i32,
    /// Where it begins from the left.
    pub left: f64,
    /// Where it begins from the top.
    pub top: f64,
    /// How long its sides are.
    pub side: f64,
}

/// Where a place is on the whole map of the Earth, from 0 to 1.
fn project(place: Place) -> (f64, f64) {
    let latitude = place.latitude.clamp(-85.05, 85.05).to_radians();
    let down = 0.5 - (PI / 4.0 + latitude / 2.0).tan().ln() / TAU;
    ((place.longitude + 180.0) / 360.0, down)
}

impl Frame {
    /// A map with all of these places on it; of the whole Earth, where there are none.
    pub fn around(places: &[Place]) -> Self {
        let at: Vec<_> = places.iter().map(|place| project(*place)).collect();
        let reach = |values: Vec<f64>| {
            let least = values.iter().copied().fold(f64::INFINITY, f64::min);
            (least, values.iter().copied().fold(f64::NEG_INFINITY, f64::max))
        };
        let (west, east) = reach(at.iter().map(|it| it.0).collect());
        let (north, south) = reach(at.iter().map(|it| it.1).collect());
        if at.is_empty() {
            return Self { west: 0.0, north: 0.5 - HEIGHT / WIDTH / 2.0, scale: WIDTH };
        }
        let across = (WIDTH - 2.0 * MARGIN) / (east - west).max(LEAST);
        let down = (HEIGHT - 2.0 * MARGIN) / (south - north).max(LEAST);
        let scale = across.min(down).max(WIDTH);
        let (middle, centre) = (f64::midpoint(west, east), f64::midpoint(north, south));
        Self { west: middle - WIDTH / scale / 2.0, north: centre - HEIGHT / scale / 2.0, scale }
    }

    /// Where a place is: from the left, and from the top.
    pub fn at(&self, place: Place) -> (f64, f64) {
        let (east, south) = project(place);
        ((east - self.west) * self.scale, (south - self.north) * self.scale)
    }

    /// Where the map of all land begins, and how long its sides are; unless it is too coarse for this.
    pub fn land(&self) -> Option<(f64, f64, f64)> {
        let is_far = WIDTH / self.scale >= COASTS;
        is_far.then_some((-self.west * self.scale, -self.north * self.scale, self.scale))
    }

    /// The tiles that lie under it: about as fine as it is.
    #[expect(clippy::cast_possible_truncation, reason = "they are small, and clamped")]
    pub fn tiles(&self) -> Vec<Tile> {
        let zoom = ((self.scale / TILE).log2().round() as i32).clamp(0, FINEST);
        let count = f64::from(2_i32.pow(zoom.unsigned_abs()));
        let side = self.scale / count;
        let first = |edge: f64| (edge * count).floor() as i32;
        let last = |edge: f64, length: f64| ((edge + length / self.scale) * count).ceil() as i32;
        let rows = first(self.north).max(0)..last(self.north, HEIGHT).min(count as i32);
        let columns = first(self.west)..last(self.west, WIDTH);
        let tile = |row: i32, column: i32| Tile {
            zoom,
            // The Earth goes round.
            column: column.rem_euclid(count as i32),
            row,
            left: (f64::from(column) / count - self.west) * self.scale,
            top: (f64::from(row) / count - self.north) * self.scale,
            side,
        };
        rows.flat_map(|row| columns.clone().map(move |column| tile(row, column))).collect()
    }

    /// How many kilometres, in a round number, a bar of a length stands for in the middle of the map.
    pub fn bar(&self) -> (f64, f64) {
        const AROUND_KM: f64 = 40_075.0;
        const LONGEST: f64 = 160.0;
        let middle = self.north + HEIGHT / self.scale / 2.0;
        let latitude = 2.0 * ((0.5 - middle) * TAU).exp().atan() - PI / 2.0;
        let km_each = AROUND_KM * latitude.cos() / self.scale;
        let most = km_each * LONGEST;
        let power = 10_f64.powf(most.log10().floor());
        let round = [5.0, 2.0, 1.0].into_iter().map(|it| it * power).find(|it| *it <= most);
        let km = round.unwrap_or(power);
        (km, km / km_each)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAGOS: Place = Place { latitude: 6.4541, longitude: 3.3947 };
    const BERLIN: Place = Place { latitude: 52.52, longitude: 13.405 };

    #[test]
    fn north_is_up_and_east_is_right() {
        let frame = Frame::around(&[LAGOS, BERLIN]);
        let ((left, below), (right, above)) = (frame.at(LAGOS), frame.at(BERLIN));
        assert!(left < right && above < below);
        assert!(frame.land().is_some());
    }

    #[test]
    fn one_place_is_in_the_middle_and_its_neighbourhood_is_seen() {
        let frame = Frame::around(&[LAGOS]);
        let (x, y) = frame.at(LAGOS);
        assert!((x - WIDTH / 2.0).abs() < 1e-6 && (y - HEIGHT / 2.0).abs() < 1e-6);
        assert!(frame.land().is_none());
        let (km, length) = frame.bar();
        assert!((0.1..=2.0).contains(&km) && (30.0..=160.0).contains(&length), "{km} {length}");
    }

    #[test]
    fn nothing_is_the_whole_earth() {
        let frame = Frame::around(&[]);
        assert_eq!(frame.at(Place { latitude: 0.0, longitude: 0.0 }), (WIDTH / 2.0, HEIGHT / 2.0));
        assert!(frame.tiles().len() <= 16);
    }

    proptest! {
        #[test]
        fn every_place_is_on_the_map_and_tiles_cover_it(
            places in prop::collection::vec((-85.0_f64..85.0, -180.0_f64..180.0), 1..20),
        ) {
            let places: Vec<Place> = places
                .into_iter()
                .map(|(latitude, longitude)| Place { latitude, longitude })
                .collect();
            let frame = Frame::around(&places);
            for place in &places {
                let (x, y) = frame.at(*place);
                // The whole Earth is as high as it is wide: its poles may be cut off.
                prop_assert!((-1e-6..=WIDTH + 1e-6).contains(&x), "{x}");
                prop_assert!(frame.scale <= WIDTH || (-1e-6..=HEIGHT + 1e-6).contains(&y), "{y}");
            }
            let tiles = frame.tiles();
            prop_assert!((1..=40).contains(&tiles.len()), "{}", tiles.len());
            prop_assert!(tiles.iter().any(|it| it.left <= 0.0));
            prop_assert!(tiles.iter().any(|it| it.left + it.side >= WIDTH - 1e-6));
        }
    }
}
