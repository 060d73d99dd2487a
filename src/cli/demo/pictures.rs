//! Pictures for the sample: some dozens are drawn, and each is used by many.

use std::time::Duration;

use super::draw::{Drawn, cloth, face};
use super::fill::in_batches;
use crate::app::App;
use crate::comments::{self, CommentId};
use crate::error::Error;
use crate::events::EventId;
use crate::files::FileName;
use crate::groups::Group;
use crate::images::picture::Picture;
use crate::images::{self, Alt, Kept, Place};
use crate::input::Input;
use crate::users::{User, UserId};

/// Different pictures of each kind, at most.
const FACES: usize = 40;
const CLOTHS: usize = 30;

/// Those who get pictures.
pub struct Receivers<'a> {
    pub people: &'a [User],
    pub groups: &'a [Group],
    pub events: &'a [(UserId, EventId)],
    pub comments: &'a [(User, CommentId)],
}

/// Draws pictures and hands them out. Tells how many were handed out.
pub async fn fill(app: &App, to: Receivers<'_>) -> anyhow::Result<usize> {
    let faces = drawn(app, FACES.min(to.people.len()), face).await?;
    let cloths = drawn(app, CLOTHS.min(to.events.len()), |n| cloth(n, 960, 540)).await?;
    let banners = drawn(app, to.groups.len().min(8), |n| cloth(100 + n, 960, 320)).await?;
    let snaps = drawn(app, 12.min(to.comments.len()), |n| cloth(200 + n, 640, 480)).await?;

    // Not everybody shows a face, and not every event has a picture.
    let people = to.people.iter().map(|user| (user.id, Place::User(user.id))).enumerate();
    let people = people.filter(|(number, _)| number % 6 != 5);
    let groups = to.groups.iter().map(|it| (it.owner.id, Place::Group(it.id))).enumerate();
    let events = to.events.iter().map(|(by, event)| (*by, Place::Event(*event))).enumerate();
    let events = events.filter(|(number, _)| number % 7 != 6);
    let one_of = |kept: &[Kept], number: usize| kept[number % kept.len()].clone();
    let places: Vec<((UserId, Place), Kept)> = people
        .map(|(number, place)| (place, one_of(&faces, number)))
        .chain(groups.map(|(number, place)| (place, one_of(&banners, number))))
        .chain(events.map(|(number, place)| (place, one_of(&cloths, number))))
        .collect();
    let count = places.len();
    in_batches(&app.db, "pictures", places, |tx, ((by, place), kept)| {
        images::put(tx, *by, *place, kept).map(drop)
    })
    .await?;

    let commented = to.comments.iter().enumerate().filter(|(number, _)| number % 8 == 0);
    let commented: Vec<_> = commented
        .map(|(number, (user, comment))| {
            let some = (0..=number % 3).map(|more| one_of(&snaps, number / 8 + more)).collect();
            (user.clone(), *comment, some)
        })
        .collect();
    let under: usize = commented.iter().map(|(_, _, some): &(_, _, Vec<Kept>)| some.len()).sum();
    in_batches(&app.db, "pictures of comments", commented, |tx, (user, comment, some)| {
        comments::add_images(tx, user, *comment, some).map(drop)
    })
    .await?;
    Ok(count + under)
}

/// So many different pictures, kept; the same each time.
async fn drawn(
    app: &App,
    count: usize,
    draw: impl Fn(u64) -> Result<Drawn, String> + Copy + Send + 'static,
) -> anyhow::Result<Vec<Kept>> {
    let mut kept = Vec::new();
    for number in 0..count as u64 {
        let drawn = app.retouchers.run(move || Ok(draw(number))).await?;
        let Drawn { picture, alt } = drawn.map_err(anyhow::Error::msg)?;
        let name = keep(app, picture).await?;
        let alt = Alt::from_text(alt).unwrap_or_default();
        kept.push(Kept { name, alt });
    }
    Ok(kept)
}

/// A server may be throwing the same picture of an earlier sample away: that does not take long.
async fn keep(app: &App, picture: Picture) -> Result<FileName, Error> {
    for _ in 0..50 {
        match images::keep(app, picture.clone()).await {
            Err(Error::Busy) => tokio::time::sleep(Duration::from_millis(200)).await,
            kept => return kept,
        }
    }
    images::keep(app, picture).await
}
