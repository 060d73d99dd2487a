//! Places on the globe, and how far they are from each other.

use crate::input::Input;

/// The mean radius of the Earth in kilometres (IUGG).
const RADIUS_KM: f64 = 6371.0088;

/// A place: degrees north and degrees east (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// From -90, the South Pole, to 90, the North Pole.
    pub latitude: f64,
    /// From -180 to 180.
    pub longitude: f64,
}

/// Everything between two latitudes and two longitudes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The southern and the northern edge.
    pub latitudes: (f64, f64),
    /// The western and the eastern edge. Where the western is the greater, the date line lies
    /// between them. `None` is all the way round, as at a pole.
    pub longitudes: Option<(f64, f64)>,
}

impl Place {
    /// Kilometres along the great circle, by the haversine formula.
    pub fn km_to(self, other: Self) -> f64 {
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let across = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let along = half(self.latitude - other.latitude);
        let haversine = along + across * half(self.longitude - other.longitude);
        2.0 * RADIUS_KM * haversine.sqrt().min(1.0).asin()
    }

    /// Bounds that hold every place within so many kilometres.
    pub fn bounds(self, km: f64) -> Bounds {
        let angle = km / RADIUS_KM;
        let (south, north) =
            (self.latitude - angle.to_degrees(), self.latitude + angle.to_degrees());
        let latitudes = (south.max(-90.0), north.min(90.0));
        if south <= -90.0 || north >= 90.0 {
            return Bounds { latitudes, longitudes: None };
        }

        // Where the circle is widest it is not at our latitude, but nearer to the pole.
        let aside = (angle.sin() / self.latitude.to_radians().cos()).asin().to_degrees();
        let around = |degrees: f64| (degrees + 540.0).rem_euclid(360.0) - 180.0;
        let longitudes = (around(self.longitude - aside), around(self.longitude + aside));
        Bounds { latitudes, longitudes: Some(longitudes) }
    }
}

impl Input for Place {
    /// `latitude,longitude`, as maps write it.
    fn from_text(text: &str) -> Result<Self, String> {
        let parse = || {
            let (latitude, longitude) = text.split_once(',')?;
            let latitude: f64 = latitude.trim().parse().ok()?;
            let longitude: f64 = longitude.trim().parse().ok()?;
            let fits = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            fits.then_some(Self { latitude, longitude })
        };
        parse().ok_or("write a place as latitude,longitude, like 6.45,3.39".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LAGOS: Place = Place { latitude: 6.4541, longitude: 3.3947 };
    const BERLIN: Place = Place { latitude: 52.52, longitude: 13.405 };

    #[test]
    fn it_is_as_far_as_the_crow_flies() {
        assert!((LAGOS.km_to(BERLIN) - 5_199.0).abs() < 30.0, "{}", LAGOS.km_to(BERLIN));
        assert!(LAGOS.km_to(LAGOS) < 1e-9);
        let (fiji, samoa) = (
            Place { latitude: -17.0, longitude: 179.5 },
            Place { latitude: -17.0, longitude: -179.5 },
        );
        assert!((fiji.km_to(samoa) - 106.3).abs() < 0.5, "{}", fiji.km_to(samoa));
        let pole = |longitude| Place { latitude: 90.0, longitude };
        assert!(pole(0.0).km_to(pole(120.0)) < 1e-6);
    }

    #[test]
    fn bounds_cross_the_date_line_and_go_round_the_pole() {
        let fiji = Place { latitude: -17.0, longitude: 179.5 }.bounds(100.0);
        let (west, east) = fiji.longitudes.unwrap();
        assert!(west > 178.0 && east < -179.0, "{fiji:?}");
        assert_eq!(Place { latitude: 89.9, longitude: 0.0 }.bounds(100.0).longitudes, None);
    }

    #[test]
    fn a_place_is_two_numbers_on_the_globe() {
        assert_eq!(
            Place::from_text("6.5, -3.25").unwrap(),
            Place { latitude: 6.5, longitude: -3.25 }
        );
        for wrong in ["", "6.5", "91,0", "0,181", "6.5;3", "NaN,0", "a,b", "1,2,3"] {
            assert!(Place::from_text(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn bounds_hold_everything_that_is_near(
            latitude in -90.0_f64..=90.0, longitude in -180.0_f64..=180.0,
            north in -90.0_f64..=90.0, east in -180.0_f64..=180.0, km in 0.1_f64..20_000.0,
        ) {
            let here = Place { latitude, longitude };
            let there = Place { latitude: north, longitude: east };
            let Bounds { latitudes, longitudes } = here.bounds(km);
            // A hair less, so that rounding decides nothing.
            if here.km_to(there) < km - 1e-6 {
                prop_assert!(latitudes.0 <= north && north <= latitudes.1);
                if let Some((west, most)) = longitudes {
                    let inside = if west <= most { west <= east && east <= most } else { east >= west || east <= most };
                    prop_assert!(inside, "{west} {most}");
                }
            }
        }
    }
}
