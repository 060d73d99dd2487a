//! Bytes before rows, and rows before bytes are thrown away: no image ever lacks its file.
//!
//! A file is noted in the database, together with a job that would throw it away an hour later;
//! then its bytes are stored; then an image takes it, and the job is struck out. Whatever breaks
//! off in between leaves the job. When the last image of a file goes, the same job looks after it.

use chrono::TimeDelta;

use super::picture::{self, Picture};
use super::{Alt, File, Kept, store};
use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Faults, Result};
use crate::files::{FileName, Size};
use crate::http::form::Form;
use crate::http::upload::{Part, Upload};
use crate::input::Input;
use crate::jobs::{self, Kind, Outcome};

/// How long somebody may take from bringing a file to using it.
const GRACE: TimeDelta = TimeDelta::hours(1);

/// What of an upload was read so far.
#[derive(Default)]
struct Received {
    pictures: usize,
    names: Vec<FileName>,
    alts: Vec<Alt>,
    faults: Faults,
}

/// Keeps every picture of an upload, or says what is wrong with which; at most `most` of them.
pub async fn receive(app: &App, mut upload: Upload, most: usize) -> Result<Vec<Kept>> {
    let mut received = Received::default();
    while let Some(part) = upload.next().await? {
        match part {
            Part::Alt(text) => received.text(&text, most)?,
            Part::Image(bytes) => received.image(app, bytes, most).await?,
            Part::Text(..) | Part::TooLarge => {}
        }
    }
    received.kept()
}

/// What a form of a page holds beside its pictures, which may be none: what was typed, what is kept,
/// and what is wrong with the pictures.
pub async fn receive_form(
    app: &App,
    mut upload: Upload,
    most: usize,
) -> Result<(Form, Result<Vec<Kept>>)> {
    let (mut received, mut pairs) = (Received::default(), Vec::new());
    while let Some(part) = upload.next().await? {
        match part {
            Part::Text(name, text) => pairs.push((name, text)),
            Part::Alt(text) if received.alts.len() < most => received.text(&text, most)?,
            Part::Alt(_) => {}
            Part::TooLarge => received.too_large(),
            // What a browser sends where no file was chosen (HTML, section 4.10.22.4).
            Part::Image(bytes) if bytes.is_empty() => {}
            // What was typed is kept, and so the rest is read.
            Part::Image(_) if received.pictures >= most => received.pictures += 1,
            Part::Image(bytes) => received.image(app, bytes, most).await?,
        }
    }
    if received.pictures > most {
        received.faults.add("image", too_many(most));
    }
    received.alts.truncate(received.pictures);
    let kept = match received.pictures {
        0 => received.faults.check().map(|()| Vec::new()),
        _ => received.kept(),
    };
    Ok((Form::of(pairs), kept))
}

impl Received {
    async fn image(&mut self, app: &App, bytes: Vec<u8>, most: usize) -> Result<()> {
        self.pictures += 1;
        if self.pictures > most {
            return Err(Error::invalid("image", too_many(most)));
        }
        match retouch(app, bytes).await? {
            Ok(picture) => self.names.push(keep(app, picture).await?),
            Err(wrong) if most == 1 => self.faults.add("image", wrong),
            Err(wrong) => {
                self.faults.add("image", format!("number {}: {wrong}", self.pictures));
            }
        }
        Ok(())
    }

    fn too_large(&mut self) {
        self.pictures += 1;
        self.faults.add("image", "this picture is larger than 10 MB: choose a smaller one");
    }

    fn text(&mut self, text: &str, most: usize) -> Result<()> {
        if self.alts.len() == most {
            return Err(Error::invalid("alt", TOO_MANY_TEXTS));
        }
        // One that is wrong keeps its place, so that the next one stays with its picture.
        let alt = Alt::from_text(text).unwrap_or_else(|wrong| {
            self.faults.add("alt", wrong);
            Alt::default()
        });
        self.alts.push(alt);
        Ok(())
    }

    fn kept(mut self) -> Result<Vec<Kept>> {
        if self.pictures == 0 {
            self.faults.add("image", "this field is required");
        }
        if self.alts.len() > self.pictures {
            self.faults.add("alt", TOO_MANY_TEXTS);
        }
        self.faults.check()?;
        let alts = self.alts.into_iter().chain(std::iter::repeat(Alt::default()));
        Ok(self.names.into_iter().zip(alts).map(|(name, alt)| Kept { name, alt }).collect())
    }
}

fn too_many(most: usize) -> String {
    format!("no more than {most}, please")
}

const TOO_MANY_TEXTS: &str = "there are more texts than pictures";

/// Makes a picture of bytes, as soon as somebody has the time.
async fn retouch(app: &App, bytes: Vec<u8>) -> Result<Result<Picture, String>> {
    app.retouchers.run(move || Ok(picture::read(&bytes))).await
}

/// Keeps the bytes of a picture. Within the hour an image takes them, or they go.
pub async fn keep(app: &App, picture: Picture) -> Result<FileName> {
    let Picture { format, width, height, sizes } = picture;
    let full = sizes.first().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
    let file = File {
        name: FileName::of(full, format),
        content_type: format,
        width: width.into(),
        height: height.into(),
        bytes: i64::try_from(full.len()).unwrap_or(i64::MAX),
    };
    let name = file.name.clone();
    app.db.write(move |tx| bring(tx, &file)).await?;
    for (size, bytes) in sizes {
        app.storage.put(&name.sized(size), bytes.into()).await?;
    }
    Ok(name)
}

/// What was about to be thrown away, and is not at this moment, stays: all its bytes come anew.
fn bring(tx: &mut Tx, file: &File) -> Result<()> {
    let now = clock::now();
    store::bring(tx, file, now)?;
    if store::is_leaving(tx, &file.name)? {
        if jobs::is_under_way(tx, Kind::DiscardFile, file.name.as_str())? {
            return Err(Error::Busy);
        }
        store::set_leaving(tx, &file.name, false)?;
    }
    jobs::enqueue(tx, Kind::DiscardFile, file.name.as_str(), now.plus(GRACE))
}

/// Makes sure that a file is there, and stays as long as an image of it does.
pub fn claim(tx: &mut Tx, name: &FileName) -> Result<()> {
    store::lock_file(tx, name)?;
    if store::is_leaving(tx, name)? {
        return Err(Error::Busy);
    }
    jobs::cancel(tx, Kind::DiscardFile, name.as_str())
}

/// Throws a file away, unless an image has it, or somebody who just brought it may use it yet.
pub async fn discard(app: &App, name: FileName) -> Result<Outcome> {
    let leaving = name.clone();
    match app.db.write(move |tx| leave(tx, &leaving)).await? {
        Some(outcome) => return Ok(outcome),
        None => {
            for size in Size::ALL {
                app.storage.delete(&name.sized(size)).await?;
            }
        }
    }
    app.db.write(move |tx| Ok(store::forget_leaving(tx, &name)?)).await?;
    Ok(Outcome::Done)
}

/// From here on nobody can use the file, or there is an outcome without that.
fn leave(tx: &mut Tx, name: &FileName) -> Result<Option<Outcome>> {
    store::lock_file(tx, name)?;
    let Some(brought_at) = store::brought_at(tx, name)? else { return Ok(Some(Outcome::Done)) };
    if store::is_used(tx, name)? {
        return Ok(Some(Outcome::Done));
    }
    let until = brought_at.plus(GRACE);
    if until > clock::now() && !store::is_leaving(tx, name)? {
        return Ok(Some(Outcome::Later(until)));
    }
    store::set_leaving(tx, name, true)?;
    Ok(None)
}
