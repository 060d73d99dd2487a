//! Comments and who likes them, for programs.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Comment, CommentId, Text};
use crate::app::App;
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::events::EventId;
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, PageQuery, Paging};
use crate::images::Image;
use crate::images::shape::ImageOut;
use crate::input::Field;
use crate::users::api::PersonOut;
use crate::users::{User, Viewer};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(update, delete))
        .routes(routes!(like, unlike))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewComment)]
pub(crate) struct CommentIn {
    #[schema(value_type = String, required, min_length = 1, max_length = 5000, example = "See you there!")]
    #[serde(default)]
    body: Field<Text>,
    /// The comment that this answers.
    #[schema(value_type = Option<i64>, example = json!(null))]
    #[serde(default)]
    parent: Field<CommentId>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub(crate) struct CommentPatch {
    #[schema(value_type = String, min_length = 1, max_length = 5000, example = "See you at eight!")]
    #[serde(default)]
    body: Field<Text>,
}

impl CommentIn {
    /// What is said, and what it answers.
    pub fn read(self) -> Result<(Text, Option<CommentId>)> {
        let mut faults = Faults::default();
        let body = self.body.required("body", &mut faults);
        let parent = self.parent.or_nothing("parent", &mut faults);
        faults.check()?;
        Ok((body.unwrap_or_default(), parent))
    }
}

impl CommentPatch {
    /// What is said from now on, where that changes.
    pub fn read(self) -> Result<Option<Text>> {
        let mut faults = Faults::default();
        let body = self.body.optional("body", &mut faults);
        faults.check()?;
        Ok(body)
    }
}

/// What somebody said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comment)]
struct CommentOut {
    id: CommentId,
    event: EventId,
    /// Null where the comment is deleted and only its answers keep its place.
    author: Option<PersonOut>,
    #[schema(example = "See you there!")]
    body: String,
    /// The comment that this answers.
    #[schema(value_type = Option<i64>)]
    parent: Option<CommentId>,
    images: Vec<ImageOut>,
    like_count: i64,
    /// What the caller has to do with it; null for anonymous callers.
    viewer: Option<CommentViewer>,
    created_at: Instant,
    updated_at: Instant,
    edited: bool,
}

/// What the caller has to do with a comment.
#[derive(Debug, Serialize, ToSchema)]
struct CommentViewer {
    liked: bool,
}

impl CommentOut {
    fn new(comment: Comment, images: Vec<Image>, viewer: Option<CommentViewer>) -> Self {
        Self {
            id: comment.id,
            event: comment.event_id,
            author: comment.author.map(PersonOut::from),
            body: comment.body,
            parent: comment.parent_id,
            images: images.into_iter().map(ImageOut::from).collect(),
            like_count: comment.like_count,
            viewer,
            created_at: comment.created_at,
            updated_at: comment.updated_at,
            edited: comment.edited,
        }
    }

    /// Comments with their pictures and what the caller has to do with each, all asked at once.
    fn for_viewer(conn: &mut Conn, viewer: &Viewer, comments: Vec<Comment>) -> Result<Vec<Self>> {
        let mut images = super::images_of(conn, &comments)?;
        let liked = match viewer.id() {
            Some(user) => Some(super::liked(conn, user, &comments)?),
            None => None,
        };
        let out = |comment: Comment| {
            let viewer = liked.as_ref().map(|liked| liked.contains(&comment.id));
            let images = images.remove(&comment.id).unwrap_or_default();
            Self::new(comment, images, viewer.map(|liked| CommentViewer { liked }))
        };
        Ok(comments.into_iter().map(out).collect())
    }

    fn one(conn: &mut Conn, user: &User, comment: Comment) -> Result<Self> {
        let mut out = Self::for_viewer(conn, &user.into(), vec![comment])?;
        out.pop().ok_or(Error::NotFound("comment"))
    }
}

/// List the comments on an event, the oldest first.
#[utoipa::path(
    get,
    path = "/api/events/{id}/comments/",
    tag = "comments",
    security((), ("bearer" = [])),
    params(("id" = EventId, Path), PageQuery),
    responses((status = 200, body = List<CommentOut>)),
)]
async fn list(
    app: App,
    viewer: Viewer,
    Path(event): Path<EventId>,
    paging: Paging,
) -> Result<Json<List<CommentOut>>> {
    let asking = viewer.clone();
    let count = app.db.read_slow(move |conn| super::count(conn, &asking, event));
    let count = paging.counted(count).await?;
    app.db
        .read(move |conn| {
            let page = super::list(conn, &viewer, event, &paging)?;
            let page = page.turn(|comments| CommentOut::for_viewer(conn, &viewer, comments))?;
            Ok(Json(List::new(page, &paging, count)))
        })
        .await
}

/// Comment on an event.
#[utoipa::path(
    post,
    path = "/api/events/{id}/comments/",
    tag = "comments",
    security(("bearer" = [])),
    params(("id" = EventId, Path)),
    request_body = CommentIn,
    responses((status = 201, body = CommentOut)),
)]
async fn create(
    app: App,
    author: User,
    Path(event): Path<EventId>,
    once: Once,
    Body(input): Body<CommentIn>,
) -> Result<(StatusCode, Json<CommentOut>)> {
    let (body, parent) = input.read()?;
    let comment = app
        .db
        .write(move |tx| {
            let comment = super::create(tx, &author, event, &body, parent)?;
            let comment = CommentOut::one(tx, &author, comment)?;
            once.keep(tx, StatusCode::CREATED, None, Some(&comment))?;
            Ok(comment)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(comment)))
}

/// Change the text of one's own comment.
#[utoipa::path(
    patch,
    path = "/api/comments/{id}/",
    tag = "comments",
    security(("bearer" = [])),
    params(("id" = CommentId, Path), IfMatch),
    request_body = CommentPatch,
    responses((status = 200, body = CommentOut), (status = 403)),
)]
async fn update(
    app: App,
    user: User,
    Path(id): Path<CommentId>,
    believed: Precondition,
    Body(input): Body<CommentPatch>,
) -> Result<Json<CommentOut>> {
    let body = input.read()?;
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, id, &believed)?;
            let comment = super::update(tx, &user, id, body.as_ref())?;
            CommentOut::one(tx, &user, comment).map(Json)
        })
        .await
}

/// Delete a comment. Where it has answers, its place stays, without author and text.
#[utoipa::path(
    delete,
    path = "/api/comments/{id}/",
    tag = "comments",
    security(("bearer" = [])),
    params(("id" = CommentId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete(
    app: App,
    user: User,
    Path(id): Path<CommentId>,
    believed: Precondition,
) -> Result<StatusCode> {
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, id, &believed)?;
            super::delete(tx, &user, id)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fails when the comment is not what the caller believes it to be.
fn check_unchanged(tx: &mut Tx, user: &User, id: CommentId, believed: &Precondition) -> Result<()> {
    if !believed.is_there() {
        return Ok(());
    }
    super::lock(tx, id)?;
    let comment = super::deletable(tx, user, id)?;
    believed.check(&CommentOut::one(tx, user, comment)?)
}

/// Like a comment.
#[utoipa::path(
    post,
    path = "/api/comments/{id}/like/",
    tag = "comments",
    security(("bearer" = [])),
    params(("id" = CommentId, Path)),
    responses(
        (status = 201, body = CommentOut),
        (status = 200, description = "Was liked already", body = CommentOut),
    ),
)]
async fn like(
    app: App,
    user: User,
    Path(id): Path<CommentId>,
    once: Once,
) -> Result<(StatusCode, Json<CommentOut>)> {
    app.db
        .write(move |tx| {
            let (comment, is_new) = super::like(tx, &user, id)?;
            let comment = CommentOut::one(tx, &user, comment)?;
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            once.keep(tx, status, None, Some(&comment))?;
            Ok((status, Json(comment)))
        })
        .await
}

/// Like a comment no more.
#[utoipa::path(
    delete,
    path = "/api/comments/{id}/like/",
    tag = "comments",
    security(("bearer" = [])),
    params(("id" = CommentId, Path)),
    responses((status = 204)),
)]
async fn unlike(app: App, user: User, Path(id): Path<CommentId>) -> Result<StatusCode> {
    app.db.write(move |tx| super::unlike(tx, &user, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
