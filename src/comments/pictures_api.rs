//! Pictures under comments, for programs; and the way to take any picture away.

use axum::http::StatusCode;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::CommentId;
use crate::app::App;
use crate::error::Result;
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, Page, PageQuery, Paging};
use crate::http::upload::Upload;
use crate::images::shape::ImageOut;
use crate::images::{self, ImageId};
use crate::users::{User, Viewer};

/// The routes of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, delete))
}

/// Pictures.
#[derive(ToSchema)]
#[schema(as = PicturesUpload)]
#[expect(dead_code, reason = "it is read piece by piece")]
struct PicturesIn {
    /// JPEG, PNG, WebP or GIF, told by their bytes: each at most 10 MB and 40 megapixels.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 10)]
    image: Vec<Vec<u8>>,
    /// What each shows, in the same order, for who does not see them.
    #[schema(required = false, max_items = 10)]
    alt: Vec<String>,
}

/// List the pictures under a comment, the first first.
#[utoipa::path(
    get,
    path = "/api/comments/{id}/images/",
    tag = "images",
    security((), ("bearer" = [])),
    params(("id" = CommentId, Path), PageQuery),
    responses((status = 200, body = List<ImageOut>)),
)]
async fn list(
    app: App,
    viewer: Viewer,
    Path(id): Path<CommentId>,
    paging: Paging,
) -> Result<Json<List<ImageOut>>> {
    app.db
        .read(move |conn| {
            let (page, count) = super::list_images(conn, &viewer, id, &paging)?;
            let count = paging.count.then_some(count);
            Ok(Json(List::new(page.map(ImageOut::from), &paging, count)))
        })
        .await
}

/// Put pictures under one's own comment: ten at most. Answers with those that were put there.
#[utoipa::path(
    post,
    path = "/api/comments/{id}/images/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = CommentId, Path)),
    request_body(
        content = PicturesIn,
        content_type = "multipart/form-data",
        encoding(("image" = (content_type = "image/jpeg, image/png, image/webp, image/gif"))),
    ),
    responses((status = 201, body = List<ImageOut>), (status = 403), (status = 507)),
)]
async fn create(
    app: App,
    user: User,
    Path(id): Path<CommentId>,
    once: Once,
    upload: Upload,
) -> Result<(StatusCode, Json<List<ImageOut>>)> {
    let asking = user.clone();
    app.db.read(move |conn| super::own(conn, &asking, id).map(drop)).await?;
    let kept = images::receive(&app, upload, images::MOST).await?;

    app.db
        .write(move |tx| {
            let made = Page::whole(super::add_images(tx, &user, id, &kept)?);
            let list = List::new(made.map(ImageOut::from), &Paging::first(images::MOST), None);
            once.keep(tx, StatusCode::CREATED, None, Some(&list))?;
            Ok((StatusCode::CREATED, Json(list)))
        })
        .await
}

/// Show what is known of a picture.
#[utoipa::path(
    get,
    path = "/api/images/{id}/",
    tag = "images",
    security((), ("bearer" = [])),
    params(("id" = ImageId, Path)),
    responses((status = 200, body = ImageOut)),
)]
async fn show(app: App, viewer: Viewer, Path(id): Path<ImageId>) -> Result<Json<ImageOut>> {
    let image = app.db.read(move |conn| images::visible(conn, &viewer, id)).await?;
    Ok(Json(image.into()))
}

/// Take a picture away: its comment's author may, and whoever may change what it belongs to.
#[utoipa::path(
    delete,
    path = "/api/images/{id}/",
    tag = "images",
    security(("bearer" = [])),
    params(("id" = ImageId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete(
    app: App,
    user: User,
    Path(id): Path<ImageId>,
    believed: Precondition,
) -> Result<StatusCode> {
    app.db
        .write(move |tx| {
            let image = super::deletable_image(tx, &user, id)?;
            believed.check(&ImageOut::from(image.clone()))?;
            super::delete_image(tx, &user, &image)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
