//! The card that stands for an event where its address is passed on: 1200 × 630 pixels, as Open Graph
//! has it.

use super::canvas::{Area, Canvas, Color, real};
use super::{cloth, lettering, picture};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;

const PAPER: Color = [0xff, 0xfa, 0xf3];
const INK: Color = [0x2b, 0x21, 0x18];
const SOFT: Color = [0x6b, 0x5a, 0x4a];
const ACCENT: Color = [0xa8, 0x37, 0x1a];
const WHITE: Color = [0xff, 0xff, 0xff];

/// The edge at the top and at the bottom.
const EDGE: u32 = 20;
/// Between the left side and the words, and between the words and the cloth.
const MARGIN: u32 = 64;
/// How wide the cloth is, and a picture in its place.
const CLOTH: u32 = 392;
const PHOTO: u32 = 560;
/// The sizes in which a title is tried, the largest first.
const TITLE_SIZES: [f32; 8] = [84.0, 76.0, 68.0, 60.0, 54.0, 48.0, 44.0, 40.0];
/// How much of the card a title has.
const TITLE_TOP: f32 = 136.0;
const TITLE_HEIGHT: f32 = 280.0;
/// What fits into that in the smallest letters.
const MOST_LINES: usize = 5;
/// From line to line, of the size of the letters: so much that marks above and below have room.
const LEADING: f32 = 1.24;
const SMALL: f32 = 29.0;

/// What stands on a card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Which cloth it is.
    pub number: i64,
    /// What the event is called.
    pub title: String,
    /// When it is.
    pub when: String,
    /// Where it is.
    pub place: String,
    /// What the site is called.
    pub site: String,
    /// The month and the day on which it begins.
    pub leaf: (String, String),
    /// A picture of the event, as it is kept.
    pub photo: Option<Vec<u8>>,
}

/// A larger file is shown by few of those who show cards, in bytes.
const LARGEST: usize = 580_000;

/// Draws a card as PNG. A picture that would make it too large is drawn in fewer, larger dots.
pub fn draw(card: &Card) -> Result<Vec<u8>, String> {
    let png = draw_in(card, 1)?;
    if png.len() <= LARGEST {
        return Ok(png);
    }
    draw_in(card, 2)
}

fn draw_in(card: &Card, dot: u32) -> Result<Vec<u8>, String> {
    let mut canvas = Canvas::new(WIDTH, HEIGHT, PAPER);
    let panel = draw_panel(&mut canvas, card, dot);
    for y in [0, HEIGHT - EDGE] {
        let edge = Area { x: 0, y, width: WIDTH, height: EDGE };
        canvas.paint(edge, |along, _| cloth::edge(along));
    }
    draw_leaf(&mut canvas, panel, &card.leaf);
    let width = real(panel.x - 2 * MARGIN) + 8.0;
    let site = lettering::drawable(&card.site);
    write(&mut canvas, &lettering::first_lines(&site, 30.0, (width, 1)), 30.0, 94.0, ACCENT);
    draw_title(&mut canvas, &lettering::drawable(&card.title), width);
    draw_facts(&mut canvas, card, width);
    picture::png(&canvas.bytes, WIDTH, HEIGHT)
}

/// The right side: the picture, or else the cloth. A picture that cannot be read is none.
fn draw_panel(canvas: &mut Canvas, card: &Card, dot: u32) -> Area {
    let height = HEIGHT - 2 * EDGE;
    let area = |width| Area { x: WIDTH - width, y: EDGE, width, height };
    let photo =
        card.photo.as_ref().and_then(|it| picture::middle(it, PHOTO / dot, height / dot).ok());
    let Some(photo) = photo else {
        let panel = area(CLOTH);
        canvas.paint(panel, |x, y| cloth::color(card.number, x, y));
        return panel;
    };
    let panel = area(PHOTO);
    canvas.paint(panel, |x, y| {
        let at = ((y / dot * (PHOTO / dot) + x / dot) * 3) as usize;
        [photo[at], photo[at + 1], photo[at + 2]]
    });
    panel
}

/// A leaf of a calendar, on the right side.
fn draw_leaf(canvas: &mut Canvas, panel: Area, (month, day): &(String, String)) {
    let leaf = Area { x: panel.x + 32, y: panel.y + 32, width: 132, height: 132 };
    canvas.fill(leaf, 22.0, WHITE);
    let middle = real(leaf.x) + real(leaf.width) / 2.0;
    let lines = [(month.to_uppercase(), 26.0, 42.0, ACCENT), (day.clone(), 62.0, 106.0, INK)];
    for (text, size, below, color) in lines {
        let text = lettering::drawable(&text);
        let x = middle - lettering::measure(&text, size) / 2.0;
        lettering::write(canvas, &text, size, (x, real(leaf.y) + below), color);
    }
}

/// The title, as large as it fits.
fn draw_title(canvas: &mut Canvas, title: &str, width: f32) {
    let smallest = TITLE_SIZES[TITLE_SIZES.len() - 1];
    let fits = |size: &f32| {
        let height = height(&lettering::lines(title, *size, width), *size);
        height <= TITLE_HEIGHT && lettering::words_fit(title, *size, width)
    };
    let size = TITLE_SIZES.into_iter().find(fits).unwrap_or(smallest);
    let lines = lettering::first_lines(title, size, (width, MOST_LINES));
    write(canvas, &lines, size, TITLE_TOP + size, INK);
}

/// When and where, from the bottom up.
fn draw_facts(canvas: &mut Canvas, card: &Card, width: f32) {
    let lines = |text: &str| match lettering::drawable(text) {
        text if text.is_empty() => Vec::new(),
        text => lettering::first_lines(&text, SMALL, (width, 2)),
    };
    let (when, place) = (lines(&card.when.replace(" –", "\u{a0}–")), lines(&card.place));
    let bottom = real(HEIGHT - EDGE) - 40.0;
    let of_place = bottom - height(&place, SMALL) + SMALL * (LEADING - 0.25);
    write(canvas, &place, SMALL, of_place, SOFT);
    write(canvas, &when, SMALL, of_place - height(&when, SMALL) - 6.0, ACCENT);
}

fn height(lines: &[String], size: f32) -> f32 {
    real(u32::try_from(lines.len()).unwrap_or(u32::MAX)) * size * LEADING
}

/// Lines one under the other; the first stands on `y`.
fn write(canvas: &mut Canvas, lines: &[String], size: f32, mut y: f32, color: Color) {
    for line in lines {
        lettering::write(canvas, line, size, (real(MARGIN), y), color);
        y += size * LEADING;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(title: &str, photo: Option<Vec<u8>>) -> Card {
        Card {
            number: 2,
            title: title.to_owned(),
            when: "Sat 1 Jun 2030, 20:00 – 23:00".to_owned(),
            place: "Freedom Park, Lagos".to_owned(),
            site: "Owambe".to_owned(),
            leaf: ("Jun".to_owned(), "1".to_owned()),
            photo,
        }
    }

    #[test]
    fn a_card_is_a_picture_whatever_stands_on_it() {
        let long = "x".repeat(200);
        for title in ["Jollof Night", "", "東京", &long] {
            let png = draw(&card(title, None)).unwrap();
            let read = picture::read(&png).unwrap();
            assert_eq!((read.width, read.height), (1200, 630), "{title}");
        }
        let damaged = draw(&card("Jollof Night", Some(b"no picture".to_vec()))).unwrap();
        assert_eq!(damaged, draw(&card("Jollof Night", None)).unwrap());
    }

    #[test]
    fn a_card_with_a_picture_full_of_detail_is_small_enough_to_be_shown() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0] / 3
        };
        let pixels: Vec<u8> = (0..600 * 600 * 3).map(|_| noise()).collect();
        let photo = picture::png(&pixels, 600, 600).unwrap();
        let png = draw(&card("Jollof Night", Some(photo))).unwrap();
        assert!((200_000..LARGEST).contains(&png.len()), "{}", png.len());
    }
}
