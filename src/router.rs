//! The top floor: every door, and every layer in order.

use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use tower::{ServiceExt, service_fn};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::http::caching::tag;
use crate::http::error::{X_REQUEST_ID, answer, no_such_method, no_such_page};
use crate::http::idempotency::{IDEMPOTENCY_REPLAYED, once};
use crate::http::limits::{RATELIMIT, RATELIMIT_POLICY, by_account, by_address};
use crate::http::{docs, health, home, openapi, problems};
use crate::sessions::auth::identify;
use crate::{
    accounts, comments, events, groups, images, interests, notifications, sessions, users,
};

/// Every route of the site.
pub fn router(app: App) -> Router {
    let (routes, document) = described().split_for_parts();
    let api = routes
        .merge(openapi::document(openapi::complete(document)))
        .merge(docs::routes())
        .fallback(no_such_page)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(app.clone(), once))
        .layer(from_fn_with_state(app.clone(), by_account))
        .layer(from_fn_with_state(app.clone(), identify))
        .layer(from_fn_with_state(app.clone(), by_address))
        .layer(from_fn(tag))
        .layer(cors(&app.site.cors_origins))
        .with_state(app.clone());
    let pages = Router::new()
        .merge(home::routes())
        .merge(health::routes())
        .merge(problems::routes())
        .merge(sessions::web::routes())
        .merge(notifications::web::routes())
        .merge(groups::web::routes())
        .fallback(no_such_page)
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(app.clone(), by_address))
        .with_state(app.clone());

    let doors = service_fn(move |request: Request| {
        let path = request.uri().path();
        // Pictures of private events ask who is there, as everything under /api/ does.
        let is_api = path.starts_with("/api/") || path.starts_with("/images/");
        let door = if is_api { &api } else { &pages };
        door.clone().oneshot(request)
    });
    Router::new()
        .fallback_service(doors)
        .layer(map_request(with_last_slash))
        .layer(from_fn_with_state(app, answer))
}

/// The API's own description.
pub fn document() -> OpenApi {
    openapi::complete(described().split_for_parts().1)
}

fn described() -> OpenApiRouter<App> {
    openapi::router()
        .merge(users::api::routes())
        .merge(sessions::api::routes())
        .merge(sessions::mailbox_api::routes())
        .merge(notifications::api::routes())
        .merge(accounts::api::routes())
        .merge(groups::api::routes())
        .merge(groups::community_api::routes())
        .merge(groups::invitations_api::routes())
        .merge(groups::requests_api::routes())
        .merge(groups::announcements_api::routes())
        .merge(events::api::routes())
        .merge(interests::api::routes())
        .merge(images::api::routes())
        .merge(images::api::files())
        .merge(comments::api::routes())
        .merge(comments::pictures_api::routes())
}

/// Every path also answers without its last slash, with no redirect: a redirected POST loses its
/// body. A file has none.
async fn with_last_slash(mut request: Request) -> Request {
    let path = request.uri().path();
    let is_file = path.starts_with("/images/")
        || path.rsplit('/').next().is_none_or(|last| last.is_empty() || last.contains('.'));
    if !is_file && let Some(uri) = slashed(request.uri()) {
        *request.uri_mut() = uri;
    }
    request
}

fn slashed(uri: &Uri) -> Option<Uri> {
    let path = match uri.query() {
        Some(query) => format!("{}/?{query}", uri.path()),
        None => format!("{}/", uri.path()),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(path).ok()?);
    Uri::from_parts(parts).ok()
}

/// Which scripts of other sites may call the API. Tokens travel in a header and never in a cookie,
/// so letting all of them in gives nothing away.
fn cors(origins: &str) -> CorsLayer {
    let listed = origins.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    let allowed = match origins.trim() {
        "*" => AllowOrigin::any(),
        _ => AllowOrigin::list(listed.filter_map(|it| HeaderValue::from_str(it).ok())),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        // A "*" would not let Authorization in (the Fetch standard, section 3.2).
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            X_REQUEST_ID,
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::CONTENT_RANGE,
            IDEMPOTENCY_REPLAYED,
            RATELIMIT,
            RATELIMIT_POLICY,
        ])
        .max_age(Duration::from_hours(24))
}
