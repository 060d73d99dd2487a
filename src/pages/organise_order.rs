//! What an organiser asks for with the form of an event: what it is to be, and its picture.

use super::organise_form::{self as fields, noted};
use crate::db::Tx;
use crate::error::{Error, Faults, Result};
use crate::events::{Change, Details, EventId};
use crate::files::FileName;
use crate::http::form::Form;
use crate::images::{self, Alt, Image, Kept, Place};
use crate::input::Input;
use crate::users::UserId;
use crate::zone::Zone;

/// What an event and its picture are to be.
pub struct Order {
    /// What it is to be.
    pub change: Change,
    /// Whether it is to have no picture, unless another one comes.
    pub takes_away: bool,
    picture: Option<FileName>,
    alt: Alt,
}

impl Order {
    /// Reads a form and the picture that came with it, or says all that is wrong.
    pub fn read(
        form: &Form,
        kept: Result<Vec<Kept>>,
        zone: Zone,
        before: Option<&Details>,
    ) -> Result<Self> {
        let mut faults = Faults::default();
        let change = noted(fields::read(form, zone, before), &mut faults)?;
        let kept = noted(kept, &mut faults)?;
        let alt = Alt::from_text(form.text("picture_alt"));
        let alt = alt.map_err(|wrong| Error::invalid("picture_alt", wrong));
        let alt = noted(alt, &mut faults)?;
        faults.check()?;
        Ok(Self {
            change: change.unwrap_or_default(),
            takes_away: form.is("take_away", "on"),
            picture: kept.and_then(|mut kept| kept.pop()).map(|kept| kept.name),
            alt: alt.unwrap_or_default(),
        })
    }

    /// Gives a new event its picture, or that of the event that it is a copy of.
    pub fn settle_new(
        &self,
        tx: &mut Tx,
        by: UserId,
        event: EventId,
        copied: Option<Image>,
    ) -> Result<()> {
        let copied = copied.filter(|_| !self.takes_away).map(|picture| picture.file.name);
        match self.picture.clone().or(copied) {
            Some(name) => self.put(tx, by, event, name),
            None => Ok(()),
        }
    }

    /// Gives an event another picture, or none, or other words for the one that it has.
    pub fn settle(&self, tx: &mut Tx, by: UserId, event: EventId) -> Result<()> {
        if let Some(name) = self.picture.clone() {
            return self.put(tx, by, event, name);
        }
        match images::find_at(tx, Place::Event(event))? {
            Some(picture) if self.takes_away => images::delete(tx, by, &picture),
            Some(picture) if picture.alt != self.alt.as_str() => {
                self.put(tx, by, event, picture.file.name)
            }
            _ => Ok(()),
        }
    }

    fn put(&self, tx: &mut Tx, by: UserId, event: EventId, name: FileName) -> Result<()> {
        let kept = Kept { name, alt: self.alt.clone() };
        images::put(tx, by, Place::Event(event), &kept).map(drop)
    }
}
