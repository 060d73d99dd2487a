//! Taking part in an event, for people. What they see of it is the page of the event.

use axum::Router;
use axum::response::Redirect;
use axum::routing::post;

use super::api::InterestIn;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::address::Named;
use crate::events::seats::Answer;
use crate::events::{self, EventId};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::users::User;

/// The forms of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/events/{event}/taking-part/", post(answer))
}

/// What somebody says about an event: that they go or are interested, or nothing any more.
#[derive(Clone, Copy)]
enum Said {
    Something(Answer),
    Nothing,
}

async fn answer(
    app: App,
    user: User,
    Path(Named(event)): Path<Named>,
    form: Form,
) -> Result<Redirect> {
    let said = Said::read(&form)?;
    let actor = user.clone();
    let noted = app.db.write_in_turn(event.0, move |tx| said.note(tx, &actor, event)).await;
    let refused = noted.err().map(refusal).transpose()?;
    let path = app.db.read(move |conn| way_back(conn, &user, event)).await?;
    let query = refused.map(|why| format!("?refused={why}")).unwrap_or_default();
    Ok(Redirect::to(&format!("{path}{query}#taking-part")))
}

impl Said {
    fn read(form: &Form) -> Result<Self> {
        match form.is("status", "none") {
            true => Ok(Self::Nothing),
            false => form.read::<InterestIn>()?.read().map(Self::Something),
        }
    }

    fn note(self, tx: &mut Tx, user: &User, event: EventId) -> Result<()> {
        match self {
            Self::Something(answer) => super::create(tx, user, user.id, event, answer).map(drop),
            Self::Nothing => match super::delete(tx, user, user.id, event) {
                // Whoever says so twice is out all the same.
                Err(Error::NotFound("interest")) => Ok(()),
                done => done,
            },
        }
    }
}

/// The word for why somebody cannot take part, which the page of the event explains beside how things
/// are now. Any other error is passed on.
fn refusal(error: Error) -> Result<&'static str> {
    match error {
        Error::Conflict { code, .. } => Ok(code),
        Error::Forbidden(_) => Ok("forbidden"),
        other => Err(other),
    }
}

/// Back to the event; or to their own events, where they have just left one that they do not see.
fn way_back(conn: &mut Conn, user: &User, event: EventId) -> Result<String> {
    match events::visible(conn, &user.into(), event) {
        Ok(event) => Ok(event.path()),
        Err(Error::NotFound(_)) => Ok("/mine/".to_owned()),
        Err(other) => Err(other),
    }
}
