//! Pictures of people, groups and events, for programs, and the files of all pictures.

use axum::http::StatusCode;
use axum::response::Response;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shape::ImageOut;
use super::{Place, check_changeable, check_visible};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::events::EventId;
use crate::files::Asked;
use crate::groups::GroupId;
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Json, Path};
use crate::http::file::{self, FileRequest};
use crate::http::upload::Upload;
use crate::users::{User, Viewer};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(show_avatar, put_avatar, delete_avatar))
        .routes(routes!(show_thumbnail, put_thumbnail, delete_thumbnail))
        .routes(routes!(show_group_image, put_group_image, delete_group_image))
}

/// The files of all pictures.
pub fn files() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show_file))
}

/// One picture.
#[derive(ToSchema)]
#[schema(as = PictureUpload)]
#[expect(dead_code, reason = "it is read piece by piece")]
struct PictureIn {
    /// JPEG, PNG, WebP or GIF, told by its bytes: at most 10 MB and 40 megapixels.
    #[schema(value_type = String, format = Binary)]
    image: Vec<u8>,
    /// What it shows, for who does not see it.
    #[schema(required = false, max_length = 1000)]
    alt: String,
}

/// Show one's own picture.
#[utoipa::path(
    get,
    path = "/api/users/profile/avatar/",
    tag = "images",
    security(("bearer" = [])),
    responses((status = 200, body = ImageOut), (status = 404)),
)]
async fn show_avatar(app: App, user: User) -> Result<Json<ImageOut>> {
    show(app, Viewer::from(&user), Place::User(user.id)).await
}

/// Show everybody a picture of oneself, in the place of the last one.
#[utoipa::path(
    put,
    path = "/api/users/profile/avatar/",
    tag = "images",
    security(("bearer" = [])),
    params(IfMatch),
    request_body(
        content = PictureIn,
        content_type = "multipart/form-data",
        encoding(("image" = (content_type = "image/jpeg, image/png, image/webp, image/gif"))),
    ),
    responses(
        (status = 200, body = ImageOut),
        (status = 201, description = "There was none before.", body = ImageOut),
        (status = 507),
    ),
)]
async fn put_avatar(
    app: App,
    user: User,
    believed: Precondition,
    upload: Upload,
) -> Result<(StatusCode, Json<ImageOut>)> {
    let place = Place::User(user.id);
    put(app, user, place, believed, upload).await
}

/// Take one's picture away.
#[utoipa::path(
    delete,
    path = "/api/users/profile/avatar/",
    tag = "images",
    security(("bearer" = [])),
    params(IfMatch),
    responses((status = 204), (status = 404)),
)]
async fn delete_avatar(app: App, user: User, believed: Precondition) -> Result<StatusCode> {
    let place = Place::User(user.id);
    delete(app, user, place, believed).await
}

/// Show the picture of an event.
#[utoipa::path(
    get,
    path = "/api/events/{id}/thumbnail/",
    tag = "images",
    security((), ("bearer" = [])),
    params(("id" = EventId, Path)),
    responses((status = 200, body = ImageOut)),
)]
async fn show_thumbnail(
    app: App,
    viewer: Viewer,
    Path(id): Path<EventId>,
) -> Result<Json<ImageOut>> {
    show(app, viewer, Place::Event(id)).await
}

/// Give an event a picture, in the place of the last one.
#[utoipa::path(
    put,
    path = "/api/events/{id}/thumbnail/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = EventId, Path), IfMatch),
    request_body(
        content = PictureIn,
        content_type = "multipart/form-data",
        encoding(("image" = (content_type = "image/jpeg, image/png, image/webp, image/gif"))),
    ),
    responses(
        (status = 200, body = ImageOut),
        (status = 201, description = "There was none before.", body = ImageOut),
        (status = 403),
        (status = 507),
    ),
)]
async fn put_thumbnail(
    app: App,
    user: User,
    Path(id): Path<EventId>,
    believed: Precondition,
    upload: Upload,
) -> Result<(StatusCode, Json<ImageOut>)> {
    put(app, user, Place::Event(id), believed, upload).await
}

/// Take the picture of an event away.
#[utoipa::path(
    delete,
    path = "/api/events/{id}/thumbnail/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = EventId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete_thumbnail(
    app: App,
    user: User,
    Path(id): Path<EventId>,
    believed: Precondition,
) -> Result<StatusCode> {
    delete(app, user, Place::Event(id), believed).await
}

/// Show the picture of a group.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/image/",
    tag = "images",
    security((), ("bearer" = [])),
    params(("id" = GroupId, Path)),
    responses((status = 200, body = ImageOut)),
)]
async fn show_group_image(
    app: App,
    viewer: Viewer,
    Path(id): Path<GroupId>,
) -> Result<Json<ImageOut>> {
    show(app, viewer, Place::Group(id)).await
}

/// Give a group a picture, in the place of the last one.
#[utoipa::path(
    put,
    path = "/api/groups/{id}/image/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), IfMatch),
    request_body(
        content = PictureIn,
        content_type = "multipart/form-data",
        encoding(("image" = (content_type = "image/jpeg, image/png, image/webp, image/gif"))),
    ),
    responses(
        (status = 200, body = ImageOut),
        (status = 201, description = "There was none before.", body = ImageOut),
        (status = 403),
        (status = 507),
    ),
)]
async fn put_group_image(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    believed: Precondition,
    upload: Upload,
) -> Result<(StatusCode, Json<ImageOut>)> {
    put(app, user, Place::Group(id), believed, upload).await
}

/// Take the picture of a group away.
#[utoipa::path(
    delete,
    path = "/api/groups/{id}/image/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete_group_image(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    believed: Precondition,
) -> Result<StatusCode> {
    delete(app, user, Place::Group(id), believed).await
}

async fn show(app: App, viewer: Viewer, place: Place) -> Result<Json<ImageOut>> {
    app.db
        .read(move |conn| {
            check_visible(conn, &viewer, place)?;
            Ok(Json(super::get_at(conn, place)?.into()))
        })
        .await
}

/// Asks whether they may before the picture is read, and again when it is there.
async fn put(
    app: App,
    user: User,
    place: Place,
    believed: Precondition,
    upload: Upload,
) -> Result<(StatusCode, Json<ImageOut>)> {
    let asking = user.clone();
    app.db.read(move |conn| check_changeable(conn, &asking, place)).await?;
    let kept = super::receive(&app, upload, 1).await?;

    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, place, &believed)?;
            let kept = kept.first().ok_or(Error::NotFound("image"))?;
            let (image, is_new) = super::put(tx, user.id, place, kept)?;
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            Ok((status, Json(image.into())))
        })
        .await
}

async fn delete(app: App, user: User, place: Place, believed: Precondition) -> Result<StatusCode> {
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, place, &believed)?;
            let image = super::get_at(tx, place)?;
            super::delete(tx, user.id, &image)?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Fails when they may not change the picture, or it is not what they believe it to be.
fn check_unchanged(tx: &mut Tx, user: &User, place: Place, believed: &Precondition) -> Result<()> {
    super::lock(tx, place)?;
    check_changeable(tx, user, place)?;
    if !believed.is_there() {
        return Ok(());
    }
    match super::get_at(tx, place) {
        Ok(image) => believed.check(&ImageOut::from(image)),
        Err(Error::NotFound(_)) => Err(Error::Changed),
        Err(other) => Err(other),
    }
}

/// The file of a picture, in one of its sizes. It never changes.
///
/// Whoever may see what the picture belongs to may see it.
#[utoipa::path(
    get,
    path = "/images/{name}",
    tag = "images",
    security((), ("bearer" = [])),
    params(
        ("name" = String, Path, description = "As the `url` of an image says it"),
        ("Range" = Option<String>, Header, description = "Some of its bytes (RFC 9110, section 14)"),
    ),
    responses(
        (status = 200, content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))),
        (status = 206, description = "The bytes that were asked for.",
         content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"))),
        (status = 416),
    ),
)]
async fn show_file(
    app: App,
    viewer: Viewer,
    Path(name): Path<String>,
    request: FileRequest,
) -> Result<Response> {
    let asked = Asked::parse(&name).ok_or(Error::NotFound("image"))?;
    let size = asked.size;
    let (file, is_public) =
        app.db.read(move |conn| super::visible_file(conn, &viewer, &asked)).await?;
    let name = file.name.sized(size);
    let content_type = match size {
        crate::files::Size::Full => file.content_type,
        _ => file.content_type.of_sizes(),
    };
    file::answer(&app.storage, &request, &name, content_type, is_public).await
}
