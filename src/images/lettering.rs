//! Letters on a surface: in one face, broken into lines, with the marks of Yoruba over and under them.
//!
//! There is no shaping here: scripts that need it are left out, as is what the face has no letters for.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, PxScale, Rect, ScaleFont, point};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::canvas::{Canvas, Color};

/// The face, `DejaVu` Sans Bold, which knows the letters of most alphabets.
static FACE: LazyLock<Option<FontRef<'static>>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../../fonts/DejaVuSans-Bold.ttf")).ok()
});

/// How far marks are from their letter, of the size of the letters.
const GAP: f32 = 0.06;

/// A line of letters, each at its place.
pub struct Line {
    glyphs: Vec<Glyph>,
    /// Pixels from left to right.
    pub width: f32,
}

/// A text that can be drawn: single spaces, composed letters, and nothing that the face has not.
pub fn drawable(text: &str) -> String {
    let mut kept = String::new();
    let mut is_kept = false;
    for letter in text.nfc() {
        // At a space that keeps words together no line is broken.
        if letter.is_whitespace() && letter != '\u{a0}' {
            is_kept = false;
            if !kept.is_empty() && !kept.ends_with(' ') {
                kept.push(' ');
            }
            continue;
        }
        // A mark goes with its letter.
        is_kept = is_known(letter) && (is_kept || canonical_combining_class(letter) == 0);
        if is_kept {
            kept.push(letter);
        }
    }
    kept.trim_end().to_owned()
}

fn is_known(letter: char) -> bool {
    let is_written_from_the_right = matches!(
        u32::from(letter),
        0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff
    );
    let is_unseen = letter.is_control()
        || matches!(u32::from(letter), 0xad | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f
            | 0xfe00..=0xfe0f | 0xe_0000..=0xe_0fff);
    let has_glyph = FACE.as_ref().is_some_and(|face| face.glyph_id(letter) != GlyphId(0));
    has_glyph && !is_written_from_the_right && !is_unseen
}

/// Breaks a text between words, and a word that is too long within itself. Lines are no wider than
/// `width` pixels, with letters of `size` pixels.
pub fn lines(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if measure(&longer, size) <= width {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        let (whole, rest) = break_word(word, size, width);
        lines.extend(whole);
        line = rest;
    }
    lines.push(line);
    lines
}

/// The lines that a word fills, and what of it is left.
fn break_word(word: &str, size: f32, width: f32) -> (Vec<String>, String) {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for letter in word.chars() {
        line.push(letter);
        let is_mark = canonical_combining_class(letter) != 0;
        if !is_mark && line.chars().nth(1).is_some() && measure(&line, size) > width {
            line.pop();
            lines.push(std::mem::replace(&mut line, letter.to_string()));
        }
    }
    (lines, line)
}

/// The same number of lines, of which none is much shorter than the others.
pub fn even_lines(text: &str, size: f32, width: f32) -> Vec<String> {
    let mut best = lines(text, size, width);
    let mut narrower = width;
    while narrower > width / 2.0 {
        narrower -= width / 40.0;
        let broken = lines(text, size, narrower);
        if broken.len() != best.len() || !words_fit(text, size, narrower) {
            break;
        }
        best = broken;
    }
    best
}

/// Whether each word of a text has room in a line.
pub fn words_fit(text: &str, size: f32, width: f32) -> bool {
    text.split(' ').all(|word| measure(word, size) <= width)
}

/// The first lines of a text. Where there are more than `most`, the last ends with an ellipsis.
pub fn first_lines(text: &str, size: f32, (width, most): (f32, usize)) -> Vec<String> {
    let mut lines = even_lines(text, size, width);
    if lines.len() > most {
        lines = self::lines(text, size, width);
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while !last.is_empty() && measure(&format!("{last}…"), size) > width {
                last.pop();
            }
            *last = format!("{}…", last.trim_end_matches([' ', ',', '.', ':', ';', '–', '-']));
        }
    }
    lines
}

/// How wide a text is.
pub fn measure(text: &str, size: f32) -> f32 {
    line(text, size).width
}

/// Puts a text on a surface: `x` is where it begins, `y` what it stands on.
pub fn write(canvas: &mut Canvas, text: &str, size: f32, (x, y): (f32, f32), color: Color) {
    let Some(face) = FACE.as_ref() else { return };
    for mut glyph in line(text, size).glyphs {
        glyph.position += point(x, y);
        let Some(outline) = face.outline_glyph(glyph) else { continue };
        let Rect { min, .. } = outline.px_bounds();
        outline.draw(|across, down, cover| {
            let place = (whole(min.x) + i64::from(across), whole(min.y) + i64::from(down));
            canvas.blend(place, color, cover);
        });
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a surface")]
fn whole(pixels: f32) -> i64 {
    pixels as i64
}

/// Where each letter of a text is, from (0, 0) on.
fn line(text: &str, size: f32) -> Line {
    let mut line = Line { glyphs: Vec::new(), width: 0.0 };
    let Some(face) = FACE.as_ref() else { return line };
    let em = face.units_per_em().unwrap_or(1000.0);
    let scale = PxScale::from(size * face.height_unscaled() / em);
    let scaled = face.as_scaled(scale);
    let (mut before, mut letter_box) = (None, None);
    let mut last: Option<Glyph> = None;
    for letter in text.chars() {
        let id = face.glyph_id(letter);
        let class = canonical_combining_class(letter);
        if class != 0 {
            // Most letters have no mark, and need not be looked at.
            letter_box = last.take().map_or(letter_box, |letter| bounds(face, &letter));
            let mark = place(face, id.with_scale(scale), (class, size * GAP), &mut letter_box);
            line.glyphs.push(mark);
            continue;
        }
        line.width += before.map_or(0.0, |before| scaled.kern(before, id));
        let glyph = id.with_scale_and_position(scale, point(line.width, 0.0));
        last = Some(glyph.clone());
        line.glyphs.push(glyph);
        line.width += scaled.h_advance(id);
        before = Some(id);
    }
    line
}

fn bounds(face: &FontRef<'_>, glyph: &Glyph) -> Option<Rect> {
    face.outline_glyph(glyph.clone()).map(|outline| outline.px_bounds())
}

/// Centres a mark over or under its letter, farther out where the letter is tall or has one already.
fn place(
    face: &FontRef<'_>,
    mut mark: Glyph,
    (class, gap): (u8, f32),
    letter: &mut Option<Rect>,
) -> Glyph {
    let (Some(base), Some(own)) = (*letter, bounds(face, &mark)) else { return mark };
    let center = |it: Rect| f32::midpoint(it.min.x, it.max.x);
    let down = match class {
        // Beneath (The Unicode Standard, section 4.3).
        202 | 220 => (base.max.y + gap - own.min.y).max(0.0),
        // Through the letter.
        1 => 0.0,
        _ => (base.min.y - gap - own.max.y).min(0.0),
    };
    mark.position = point(center(base) - center(own), down);
    let own_top = own.min.y + down;
    *letter = Some(Rect {
        min: point(base.min.x, base.min.y.min(own_top)),
        max: point(base.max.x, base.max.y.max(own.max.y + down)),
    });
    mark
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_face_has_no_letters_for_is_left_out() {
        assert_eq!(drawable("  Jollof \n Night "), "Jollof Night");
        assert_eq!(drawable("Party 🪘 東京 مرحبا!"), "Party !");
        assert_eq!(drawable("A\u{202e}B\u{200d}C\u{fe0f}"), "ABC");
        assert_eq!(drawable("東\u{300}"), "");
        assert_eq!(drawable("e\u{301}"), "é");
        assert_eq!(drawable("\u{301}"), "");
    }

    #[test]
    fn marks_stay_with_their_letter() {
        let text = drawable("Ọ̀wàb\u{301}");
        let line = line(&text, 60.0);
        assert_eq!(text.chars().count(), 6);
        let boxes: Vec<Rect> = line
            .glyphs
            .iter()
            .map(|glyph| bounds(FACE.as_ref().unwrap(), glyph).unwrap())
            .collect();
        for (letter, mark) in [(0, 1), (4, 5)] {
            let (letter, mark) = (boxes[letter], boxes[mark]);
            assert!(mark.min.x >= letter.min.x - 1.0 && mark.max.x <= letter.max.x + 1.0);
            assert!(mark.max.y <= letter.min.y, "it is above");
        }
    }

    #[test]
    fn lines_are_as_narrow_as_they_must_be() {
        let text = "A very long title for a party that goes on and on";
        let broken = lines(text, 40.0, 300.0);
        assert!(broken.len() > 2 && broken.iter().all(|it| measure(it, 40.0) <= 300.0));
        assert_eq!(broken.join(" "), text);
        let one_word = "x".repeat(60);
        let broken = lines(&one_word, 40.0, 300.0);
        assert!(broken.iter().all(|it| measure(it, 40.0) <= 300.0));
        assert_eq!(broken.concat(), one_word);
        assert!(first_lines(text, 40.0, (300.0, 2))[1].ends_with('…'));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text: String, size in 10.0_f32..90.0) {
            let text = drawable(&text);
            let mut canvas = Canvas::new(50, 50, [0, 0, 0]);
            for line in first_lines(&text, size, (200.0, 3)) {
                write(&mut canvas, &line, size, (0.0, 40.0), [255, 255, 255]);
            }
        }
    }
}
