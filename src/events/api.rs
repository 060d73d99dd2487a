//! Events, for programs.

use std::sync::Arc;

use axum::http::{HeaderName, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::form::{EventIn, EventPut, EventQuery};
use super::shape::{EventOut, TagOut};
use super::written::Written;
use super::{Change, Event, EventId, Filter, Hosted};
use crate::address;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::groups::{self, GroupId};
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Body, Json, Path, Query, WrittenJson};
use crate::http::idempotency::Once;
use crate::http::openapi::also;
use crate::http::paging::{List, PageQuery, Paging};
use crate::users::{User, Viewer};
use crate::zone::Zone;

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(create))
        .routes(routes!(replace, update))
        .routes(routes!(delete))
        .routes(routes!(list_of_group))
        .routes(routes!(list_tags))
        .routes(also("/api/events/", routes!(create)))
        .routes(also("/api/events/{id}/", routes!(replace, update, delete)))
}

/// List public events, the earliest first.
///
/// Callers also find what is not public where they ask for what is theirs (`creator`,
/// `interested=me`, `status=draft`) or their group's (`group`).
#[utoipa::path(
    get,
    path = "/api/events/",
    tag = "events",
    security((), ("bearer" = [])),
    params(PageQuery, EventQuery),
    responses((status = 200, body = List<EventOut>)),
)]
async fn list(
    app: App,
    viewer: Viewer,
    paging: Paging,
    Query(query): Query<EventQuery>,
) -> Result<WrittenJson> {
    page(app, viewer, paging, query.read()?).await
}

/// List the events of a group.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/events/",
    tag = "groups",
    security((), ("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery, EventQuery),
    responses((status = 200, body = List<EventOut>)),
)]
async fn list_of_group(
    app: App,
    viewer: Viewer,
    Path(id): Path<GroupId>,
    paging: Paging,
    Query(query): Query<EventQuery>,
) -> Result<WrittenJson> {
    let filter = Filter { group: Some(id), ..query.read()? };
    let asking = viewer.clone();
    app.db.read(move |conn| groups::visible(conn, &asking, id).map(drop)).await?;
    page(app, viewer, paging, filter).await
}

async fn page(app: App, viewer: Viewer, paging: Paging, filter: Filter) -> Result<WrittenJson> {
    if filter.is_same_for_all() {
        return page_for_all(app, viewer, paging, filter).await;
    }
    let (_, page) = read_page(&app, viewer, paging, filter).await?;
    WrittenJson::of(&page)
}

/// A page that differs only in what the caller has to do with its events: it is written once, and
/// kept while nobody writes.
async fn page_for_all(
    app: App,
    viewer: Viewer,
    paging: Paging,
    filter: Filter,
) -> Result<WrittenJson> {
    let asked = format!("events {}", paging.asked());
    let arrived = app.db.moment();
    let mut now = arrived;
    let mut kept = app.kept.get::<Written>(&asked, now);
    let turn = if kept.is_none() && paging.count {
        // To count takes long: those who ask the same meanwhile wait for the first of them.
        let turn = app.kept.turn(&asked).await?;
        now = app.db.moment();
        kept = app.kept.get(&asked, now).or_else(|| app.kept.get_since(&asked, arrived));
        Some(turn)
    } else {
        None
    };
    let kept = if let Some(kept) = kept {
        kept
    } else {
        let (events, page) = read_page(&app, Viewer::default(), paging, filter).await?;
        let written = Arc::new(Written::new(events, &page)?);
        let (thing, bytes) = (written.clone(), written.text.len());
        match turn {
            Some(_) => app.kept.put_for_the_next(asked, now, thing, bytes),
            None => app.kept.put(asked, now, thing, bytes),
        }
        written
    };
    for_viewer(&app, viewer, kept).await
}

async fn for_viewer(app: &App, viewer: Viewer, written: Arc<Written>) -> Result<WrittenJson> {
    if viewer.id().is_none() {
        return Ok(WrittenJson(written.text.clone()));
    }
    app.db
        .read(move |conn| {
            let ties = super::ties(conn, &viewer, &written.events)?;
            written.with(&ties).map(WrittenJson)
        })
        .await
}

async fn read_page(
    app: &App,
    viewer: Viewer,
    paging: Paging,
    filter: Filter,
) -> Result<(Vec<Hosted>, List<EventOut>)> {
    let (asking, wanted) = (viewer.clone(), filter.clone());
    let count = app.db.read_slow(move |conn| super::count(conn, &asking, &wanted));
    let count = paging.counted(count).await?;
    let is_search = filter.q.is_some();
    let read = move |conn: &mut Conn| {
        let page = super::list(conn, &viewer, &filter, &paging)?;
        let events = page.rows.iter().map(Event::hosted).collect();
        let page = page.turn(|events| EventOut::for_viewer(conn, &viewer, events))?;
        let page = page.map(|event| match filter.near {
            Some(near) => event.seen_from(near.place),
            None => event,
        });
        Ok((events, List::new(page, &paging, count)))
    };
    match is_search {
        true => app.db.read_slow(read).await,
        false => app.db.read(read).await,
    }
}

/// List the tags of upcoming public events, the most used first.
#[utoipa::path(
    get,
    path = "/api/tags/",
    tag = "events",
    security((), ("bearer" = [])),
    params(PageQuery),
    responses((status = 200, body = List<TagOut>)),
)]
async fn list_tags(app: App, paging: Paging) -> Result<Json<List<TagOut>>> {
    let count = paging.counted(app.db.read_slow(super::count_tags)).await?;
    app.db
        .read_slow(move |conn| {
            let page = super::list_tags(conn, &paging)?.map(TagOut::from);
            Ok(Json(List::new(page, &paging, count)))
        })
        .await
}

/// Show an event.
#[utoipa::path(
    get,
    path = "/api/events/{id}/",
    tag = "events",
    security((), ("bearer" = [])),
    params(("id" = EventId, Path)),
    responses((status = 200, body = EventOut)),
)]
async fn show(app: App, viewer: Viewer, Path(id): Path<EventId>) -> Result<WrittenJson> {
    match show_to_all(&app, id).await {
        Ok(written) => for_viewer(&app, viewer, written).await,
        Err(Error::NotFound(_)) if viewer.id().is_some() => {
            let read = move |conn: &mut Conn| {
                let event = super::visible(conn, &viewer, id)?;
                EventOut::one(conn, &viewer, event)
            };
            let event = app.db.read(read).await?;
            WrittenJson::of(&event)
        }
        Err(err) => Err(err),
    }
}

/// An event that everybody may see, kept until one of the rows is written that it is made of.
async fn show_to_all(app: &App, id: EventId) -> Result<Arc<Written>> {
    let asked = format!("event {id}");
    let now = app.db.moment();
    if let Some(kept) = app.kept.get(&asked, now) {
        return Ok(kept);
    }
    let nobody = Viewer::default();
    let event = app.db.read(move |conn| super::visible(conn, &nobody, id)).await?;
    let hosted = event.hosted();
    let written = Arc::new(Written::new(vec![hosted], &EventOut::for_nobody(event))?);
    if let Some(read) = app.db.read_of(now, &hosted.rows()) {
        app.kept.put(asked, read, written.clone(), written.text.len());
    }
    Ok(written)
}

/// Make an event.
#[utoipa::path(
    post,
    path = "/api/events/create/",
    tag = "events",
    security(("bearer" = [])),
    request_body = EventPut,
    responses((status = 201, body = EventOut, headers(("Location" = String))), (status = 403)),
)]
async fn create(
    app: App,
    creator: User,
    once: Once,
    Body(input): Body<EventIn>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<EventOut>)> {
    let zone = Zone(app.site.timezone);
    let change = input.whole(zone).read()?;
    app.db
        .write(move |tx| {
            let event = EventOut::made(super::create(tx, &creator, &change, zone)?, &creator);
            let location = address::of(&format!("/api/events/{}/", event.id));
            once.keep(tx, StatusCode::CREATED, Some(&location), Some(&event))?;
            Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(event)))
        })
        .await
}

/// Replace an event: what is absent becomes what it was at first.
#[utoipa::path(
    put,
    path = "/api/events/update/{id}/",
    tag = "events",
    security(("bearer" = [])),
    params(("id" = EventId, Path), IfMatch),
    request_body = EventPut,
    responses((status = 200, body = EventOut), (status = 403)),
)]
async fn replace(
    app: App,
    user: User,
    Path(id): Path<EventId>,
    believed: Precondition,
    Body(input): Body<EventIn>,
) -> Result<Json<EventOut>> {
    let change = input.whole(Zone(app.site.timezone)).read()?;
    save(app, user, id, believed, change).await
}

/// Change an event: what is absent stays as it is, null clears.
#[utoipa::path(
    patch,
    path = "/api/events/update/{id}/",
    tag = "events",
    security(("bearer" = [])),
    params(("id" = EventId, Path), IfMatch),
    request_body = EventIn,
    responses((status = 200, body = EventOut), (status = 403)),
)]
async fn update(
    app: App,
    user: User,
    Path(id): Path<EventId>,
    believed: Precondition,
    Body(input): Body<EventIn>,
) -> Result<Json<EventOut>> {
    let change = input.read()?;
    save(app, user, id, believed, change).await
}

async fn save(
    app: App,
    user: User,
    id: EventId,
    believed: Precondition,
    change: Change,
) -> Result<Json<EventOut>> {
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, id, &believed)?;
            let event = super::update(tx, &user, id, &change)?;
            EventOut::one(tx, &(&user).into(), event).map(Json)
        })
        .await
}

/// Delete an event, and with it its comments and who was interested.
#[utoipa::path(
    delete,
    path = "/api/events/delete/{id}/",
    tag = "events",
    security(("bearer" = [])),
    params(("id" = EventId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete(
    app: App,
    user: User,
    Path(id): Path<EventId>,
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

/// Fails when the event is not what the caller believes it to be.
fn check_unchanged(tx: &mut Tx, user: &User, id: EventId, believed: &Precondition) -> Result<()> {
    if !believed.is_there() {
        return Ok(());
    }
    super::lock(tx, id)?;
    let event = super::editable(tx, user, id)?;
    believed.check(&EventOut::one(tx, &user.into(), event)?)
}
