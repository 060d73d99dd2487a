//! Events on a map that is drawn from their places. Nothing comes from elsewhere, unless whoever runs
//! the site has named a server of tiles.

use askama::Template;
use axum::http::Uri;

use super::frame::{self, Frame, Tile};
use super::{Search, or_nothing};
use crate::app::App;
use crate::db::Conn;
use crate::events::shown::Card;
use crate::events::{self, Event};
use crate::geo::Place;
use crate::http::page::{Page, PageResult};
use crate::http::paging::Paging;
use crate::http::visit::Visit;
use crate::users::Viewer;

#[derive(Template)]
#[template(path = "pages/find/map.html")]
pub(super) struct MapPage {
    visit: Visit,
    search: Search,
    size: (f64, f64),
    land: Option<(f64, f64, f64)>,
    tiles: Vec<(String, Tile)>,
    credit: String,
    pins: Vec<Pin>,
    /// So many kilometres, and how long that is on the map.
    bar: (String, f64),
    /// The events without a place.
    nowhere: usize,
    is_cut: bool,
}

/// A place on the map, and what is on there.
struct Pin {
    number: usize,
    x: f64,
    y: f64,
    place: Place,
    /// Whether some of them are elsewhere than others, if only a little.
    is_spread: bool,
    cards: Vec<Card>,
}

/// Events that a map shows at most.
const MOST: usize = 200;

/// Two events that are nearer than this on the map have one pin.
const NEAR: f64 = 26.0;

pub(super) async fn show(app: App, visit: Visit, viewer: Viewer, uri: Uri) -> PageResult<MapPage> {
    let search = Search::read(uri.query())?;
    let filter = search.not_over(&app, &visit);
    let read =
        move |conn: &mut Conn| Ok(events::list(conn, &viewer, &filter, &Paging::first(MOST))?.rows);
    let found = or_nothing(app.db.read_slow(read).await)?;
    let placed: Vec<(Place, &Event)> =
        found.iter().filter_map(|event| Some((place(event)?, event))).collect();
    let frame = Frame::around(&placed.iter().map(|(place, _)| *place).collect::<Vec<_>>());
    let (km, length) = frame.bar();
    let bar = match km >= 1.0 {
        true => visit.with("map-km", "km", &km.to_string()),
        false => visit.with("map-m", "m", &(km * 1000.0).round().to_string()),
    };
    let tiles = app.site.tiles.as_deref();
    Ok(Page(MapPage {
        size: (frame::WIDTH, frame::HEIGHT),
        land: frame.land().filter(|_| tiles.is_none()),
        tiles: tiles.map(|url| tiles_of(&frame, url)).unwrap_or_default(),
        credit: app.site.tiles_credit.clone(),
        pins: pins(&visit, &frame, &placed),
        bar: (bar, length),
        nowhere: found.len() - placed.len(),
        is_cut: found.len() == MOST,
        visit,
        search,
    }))
}

fn place(event: &Event) -> Option<Place> {
    let (latitude, longitude) = event.details.latitude.zip(event.details.longitude)?;
    Some(Place { latitude, longitude })
}

/// The tiles of a map, and where each is: `{z}`, `{x}` and `{y}` stand for which one it is.
fn tiles_of(frame: &Frame, url: &str) -> Vec<(String, Tile)> {
    let address = |tile: &Tile| {
        let url = url.replace("{z}", &tile.zoom.to_string());
        url.replace("{x}", &tile.column.to_string()).replace("{y}", &tile.row.to_string())
    };
    frame.tiles().into_iter().map(|tile| (address(&tile), tile)).collect()
}

/// Events that would lie on each other share a pin.
fn pins(visit: &Visit, frame: &Frame, placed: &[(Place, &Event)]) -> Vec<Pin> {
    let mut pins: Vec<Pin> = Vec::new();
    for (place, event) in placed {
        let (x, y) = frame.at(*place);
        let card = Card::new(visit, event);
        let is_here = |pin: &&mut Pin| (pin.x - x).hypot(pin.y - y) < NEAR;
        if let Some(pin) = pins.iter_mut().find(is_here) {
            pin.is_spread |= pin.place != *place;
            pin.cards.push(card);
            continue;
        }
        let number = pins.len() + 1;
        pins.push(Pin { number, x, y, place: *place, is_spread: false, cards: vec![card] });
    }
    pins
}

impl Pin {
    /// What it is to who does not see it.
    fn name(&self, visit: &Visit) -> String {
        match self.cards.as_slice() {
            [card] => card.title.clone(),
            cards => visit.with("map-pin-of", "count", cards.len()),
        }
    }

    /// Where it leads: to the only event, or to its place in the list below.
    fn link(&self) -> String {
        match self.cards.as_slice() {
            [card] => card.path.clone(),
            _ => format!("#pin-{}", self.number),
        }
    }

    /// The same search, around here.
    fn closer(&self, search: &Search) -> String {
        let Place { latitude, longitude } = self.place;
        let near = format!("{latitude:.4},{longitude:.4}");
        search.link("/events/map/", &[("near", &near), ("within", "10")])
    }
}
