//! An event, or a page of them, written once, with places left for what each caller has to do with them.

use bytes::Bytes;
use serde::Serialize;

use super::shape::EventViewer;
use super::{Hosted, Ties};
use crate::error::Result;

/// How an event says that nobody in particular asks. No text of anybody's has it: there its quotes
/// would be escaped.
const NOBODY: &[u8] = b"\"viewer\":null";

const NULL: usize = "null".len();

/// What everybody may see, as JSON.
pub struct Written {
    /// The events, in their order.
    pub events: Vec<Hosted>,
    /// As it is for nobody in particular.
    pub text: Bytes,
    /// Where the `null` of each event's `viewer` begins.
    places: Vec<usize>,
}

impl Written {
    /// Writes what shows these events, for nobody in particular.
    pub fn new(events: Vec<Hosted>, shown: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(shown).map_err(anyhow::Error::new)?;
        let mut places = Vec::with_capacity(events.len());
        let mut rest = 0;
        while let Some(found) = text[rest..].windows(NOBODY.len()).position(|it| it == NOBODY) {
            rest += found + NOBODY.len();
            places.push(rest - NULL);
        }
        if places.len() != events.len() {
            return Err(anyhow::anyhow!("an event is written as nobody would see it").into());
        }
        // Without the room that was left for more: it may be kept.
        Ok(Self { events, text: text.into_boxed_slice().into(), places })
    }

    /// The same with what a caller has to do with each event.
    pub fn with(&self, ties: &[Option<Ties>]) -> Result<Bytes> {
        const LONGEST_VIEWER: usize = 48;
        let mut out = Vec::with_capacity(self.text.len() + LONGEST_VIEWER * ties.len());
        let mut rest = 0;
        for (place, ties) in self.places.iter().zip(ties) {
            out.extend_from_slice(&self.text[rest..*place]);
            let viewer = ties.map(EventViewer::from);
            serde_json::to_writer(&mut out, &viewer).map_err(anyhow::Error::new)?;
            rest = place + NULL;
        }
        out.extend_from_slice(&self.text[rest..]);
        Ok(out.into())
    }
}
