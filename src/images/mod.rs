//! Pictures of people, groups and events, and those that people put under a comment.
//!
//! A [`File`] is bytes, each only once; an [`Image`] is the use of one, and belongs to something.
//! Who may see an image is who may see what it belongs to.

pub mod api;
mod canvas;
pub mod card;
mod cloth;
mod keeping;
mod lettering;
pub mod picture;
pub mod shape;
mod store;

use diesel::QueryDsl;

pub use keeping::{discard, keep, receive, receive_form};

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{self, EventId};
use crate::files::{Asked, FileName, Format};
use crate::groups::{self, GroupId};
use crate::http::paging::{Page, Paging};
use crate::schema::{files, images};
use crate::users::{self, User, UserId, Viewer};

crate::id! {
    /// Identifies an [`Image`].
    ImageId
}

crate::text! {
    /// What a picture shows, for who does not see it.
    Alt, 0..=1000
}

/// Bytes that are kept, and what is known of them.
#[derive(
    Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable, diesel::Insertable,
)]
#[diesel(table_name = files)]
pub struct File {
    /// What it is called, after its content.
    pub name: FileName,
    /// How it is written.
    pub content_type: Format,
    /// Pixels from left to right.
    pub width: i64,
    /// Pixels from top to bottom.
    pub height: i64,
    /// How long it is.
    pub bytes: i64,
}

/// A picture that belongs to something.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = images, base_query = images::table.inner_join(files::table))]
pub struct Image {
    /// Identifies it.
    pub id: ImageId,
    /// Its bytes.
    #[diesel(embed)]
    pub file: File,
    /// What it shows; may be empty.
    pub alt: String,
    user_id: Option<UserId>,
    group_id: Option<GroupId>,
    event_id: Option<EventId>,
    /// The id of the comment that it stands under; comments come later in the house.
    pub comment_id: Option<i64>,
    /// When it was put there.
    pub created_at: Instant,
}

/// A picture that is kept, and belongs to nothing yet.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What it is called.
    pub name: FileName,
    /// What it shows.
    pub alt: Alt,
}

/// What an image belongs to. All but a comment have one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Somebody.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// An event.
    Event(EventId),
    /// A comment, by its id, under an event.
    Comment(EventId, i64),
}

/// Images that a comment has at most.
pub const MOST: usize = crate::http::upload::MOST_PICTURES;

/// What cursors of a list of images are told by.
const ORDER: u8 = b'p';

impl Image {
    /// What it belongs to.
    pub fn place(&self) -> Option<Place> {
        let of_comment = self.event_id.zip(self.comment_id);
        of_comment
            .map(|(event, comment)| Place::Comment(event, comment))
            .or(self.event_id.map(Place::Event))
            .or(self.group_id.map(Place::Group))
            .or(self.user_id.map(Place::User))
    }
}

/// The one place that decides whose picture a caller may change: their own, and that of a group or
/// an event that they may change. Whose comment it is, comments decide.
pub fn check_changeable(conn: &mut Conn, user: &User, place: Place) -> Result<()> {
    match place {
        // It may have been deleted while the picture was on its way.
        Place::User(id) if id == user.id => match users::find(conn, id)? {
            Some(_) => Ok(()),
            None => Err(Error::Unauthenticated("this account is gone")),
        },
        Place::User(_) => Err(Error::Forbidden("only they may change the picture of somebody")),
        Place::Group(id) => groups::manageable(conn, user, id).map(drop),
        Place::Event(id) | Place::Comment(id, _) => events::editable(conn, user, id).map(drop),
    }
}

/// Fails unless a caller may see the picture of something.
pub fn check_visible(conn: &mut Conn, viewer: &Viewer, place: Place) -> Result<()> {
    match place {
        Place::User(_) => Ok(()),
        Place::Group(id) => groups::visible(conn, viewer, id).map(drop),
        Place::Event(id) | Place::Comment(id, _) => events::check_visible(conn, viewer, id),
    }
}

/// The file that is asked for, if a caller may see anything that it belongs to; and whether
/// everybody may.
pub fn visible_file(conn: &mut Conn, viewer: &Viewer, asked: &Asked) -> Result<(File, bool)> {
    const NONE: Error = Error::NotFound("image");
    let file = store::find_file(conn, &asked.names)?.ok_or(NONE)?;
    if is_shown(conn, &Viewer::default(), &file.name)? {
        return Ok((file, true));
    }
    match viewer.id().is_some() && is_shown(conn, viewer, &file.name)? {
        true => Ok((file, false)),
        false => Err(NONE),
    }
}

fn is_shown(conn: &mut Conn, viewer: &Viewer, name: &FileName) -> Result<bool> {
    Ok(store::shows_somebody(conn, name)?
        || store::is_of_visible_event(conn, viewer, name)?
        || store::is_of_visible_group(conn, viewer, name)?)
}

/// The only way to an image that a caller may see.
pub fn visible(conn: &mut Conn, viewer: &Viewer, id: ImageId) -> Result<Image> {
    let image = get(conn, id)?;
    if let Some(place) = image.place() {
        check_visible(conn, viewer, place).map_err(|err| err.about("image"))?;
    }
    Ok(image)
}

/// The image with this id.
fn get(conn: &mut Conn, id: ImageId) -> Result<Image> {
    store::find(conn, id)?.ok_or(Error::NotFound("image"))
}

/// The one image that something has, if it has one.
pub fn find_at(conn: &mut Conn, place: Place) -> Result<Option<Image>> {
    Ok(store::find_at(conn, place)?)
}

/// The one image that something has.
pub fn get_at(conn: &mut Conn, place: Place) -> Result<Image> {
    find_at(conn, place)?.ok_or(Error::NotFound("image"))
}

/// Gives something its picture, in the place of the one it had. Tells whether it had none.
pub fn put(tx: &mut Tx, by: UserId, place: Place, kept: &Kept) -> Result<(Image, bool)> {
    lock(tx, place)?;
    let before = store::find_at(tx, place)?;
    if let Some(before) = &before {
        store::delete(tx, before.id)?;
    }
    let image = add(tx, place, kept)?;
    show(tx, by, place, Some(&image.file.name))?;
    Ok((image, before.is_none()))
}

/// Adds an image to what may have several.
pub fn add(tx: &mut Tx, place: Place, kept: &Kept) -> Result<Image> {
    keeping::claim(tx, &kept.name)?;
    let id = store::insert(tx, place, kept, clock::now())?;
    get(tx, id)
}

/// Takes an image away. Its bytes go later, unless they are needed elsewhere.
pub fn delete(tx: &mut Tx, by: UserId, image: &Image) -> Result<()> {
    store::delete(tx, image.id)?;
    match image.place() {
        Some(place) => show(tx, by, place, None),
        None => Ok(()),
    }
}

/// Takes all images of a comment away.
pub fn delete_of_comment(tx: &mut Tx, comment: i64) -> Result<()> {
    Ok(store::delete_of_comment(tx, comment)?)
}

/// The images of some comments, asked for all of them at once.
pub fn of_comments(conn: &mut Conn, comments: Vec<i64>) -> Result<Vec<Image>> {
    Ok(store::of_comments(conn, comments)?)
}

/// The images of a comment, the first first.
pub fn list_of_comment(conn: &mut Conn, comment: i64, paging: &Paging) -> Result<Page<Image>> {
    let rows = store::list_of_comment(conn, comment, paging.cursor(ORDER)?, paging.limit())?;
    Ok(Page::new(rows, paging, |image| (ORDER, image.id.0, image.id.0)))
}

/// The pictures of somebody, and of the events that they made.
pub fn of_user_and_events(conn: &mut Conn, user: UserId) -> Result<Vec<Image>> {
    Ok(store::of_user_and_events(conn, user)?)
}

/// How many images a comment has.
pub fn count_of_comment(conn: &mut Conn, comment: i64) -> Result<i64> {
    Ok(store::count_of_comment(conn, comment)?)
}

/// Keeps others from changing the picture of something until the transaction ends.
pub fn lock(tx: &mut Tx, place: Place) -> Result<()> {
    match place {
        Place::User(id) => users::lock(tx, id),
        Place::Group(id) => groups::lock(tx, id),
        Place::Event(id) => events::lock(tx, id),
        Place::Comment(..) => Ok(()),
    }
}

/// Tells what the picture belongs to that it has changed.
fn show(tx: &mut Tx, by: UserId, place: Place, file: Option<&FileName>) -> Result<()> {
    match place {
        Place::User(id) => users::set_avatar(tx, id, file),
        Place::Group(id) => groups::set_image(tx, by, id, file),
        Place::Event(id) => events::set_thumbnail(tx, by, id, file),
        Place::Comment(..) => Ok(()),
    }
}
