//! The top floor: every door, and every layer in order.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::{PathAndQuery, Uri};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::http::caching::tag;
use crate::http::door::reach;
use crate::http::error::{X_REQUEST_ID, answer, no_such_method, no_such_page};
use crate::http::idempotency::{IDEMPOTENCY_REPLAYED, once};
use crate::http::limits::{RATELIMIT, RATELIMIT_POLICY, by_account, by_address};
use crate::http::{assets, docs, health, openapi, problems};
use crate::sessions::auth::identify;
use crate::sessions::cookie_auth::visit;
use crate::{
    accounts, comments, events, groups, images, interests, notifications, pages, sessions, users,
};

/// The site's doors, and what is behind them.
struct Doors {
    app: App,
    api: Router,
    pages: Router,
    cors: CorsLayer,
}

/// Every route of the site.
pub fn router(app: App) -> Router {
    let (routes, document) = described().split_for_parts();
    let api = routes
        .merge(openapi::document(openapi::complete(document)))
        .merge(docs::routes())
        .fallback(no_such_page)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone());
    let pages = Router::new()
        .merge(assets::routes())
        .merge(pages::routes())
        .merge(health::routes())
        .merge(problems::routes())
        .merge(sessions::web::routes())
        .merge(notifications::web::routes())
        .merge(accounts::web::routes())
        .merge(groups::web::routes())
        .merge(interests::web::routes())
        .fallback(no_such_page)
        .method_not_allowed_fallback(no_such_method)
        .with_state(app.clone());

    let cors = cors(&app.site.cors_origins);
    let doors = Arc::new(Doors { app, api, pages, cors });
    Router::new().fallback_service(service_fn(move |request: Request| {
        let doors = doors.clone();
        async move { Ok(answer(&doors.app, request, async |it| doors.enter(it).await).await) }
    }))
}

impl Doors {
    async fn enter(self: &Arc<Self>, request: Request) -> Response {
        let request = with_last_slash(request);
        let path = request.uri().path();
        // Pictures of private events ask who is there, as everything under /api/ does.
        if !path.starts_with("/api/") && !path.starts_with("/images/") {
            return self.pages(request).await;
        }
        let asks_across = request.headers().contains_key(header::ORIGIN);
        // A picture is kept for a year by browsers, whoever asks for it first.
        let is_kept_long = path.starts_with("/images/");
        if !asks_across && !is_kept_long && request.method() != Method::OPTIONS {
            return self.api(request).await;
        }
        let doors = self.clone();
        let api = service_fn(move |request| {
            let doors = doors.clone();
            async move { Ok::<_, Infallible>(doors.api(request).await) }
        });
        let Ok(response) = self.cors.layer(api).oneshot(request).await;
        response
    }

    /// The layers of pages, the outermost first.
    async fn pages(self: &Arc<Self>, request: Request) -> Response {
        let doors = self.clone();
        let pages = service_fn(move |request| {
            let doors = doors.clone();
            async move { Ok::<_, Infallible>(doors.visited(request).await) }
        });
        // On a slow line it is the length of a page that counts.
        let Ok(response) = CompressionLayer::new().layer(pages).oneshot(request).await;
        response.map(Body::new)
    }

    async fn visited(&self, request: Request) -> Response {
        let (app, routes) = (&self.app, self.pages.clone());
        let reached = async |it| reach(routes, it).await;
        let told = async |it| pages::unread::count(app, it, reached).await;
        let counted = async |it| by_account(app, it, told).await;
        let known = async |it| visit(app, it, counted).await;
        by_address(app, request, known).await
    }

    /// The layers of the API, the outermost first.
    async fn api(&self, request: Request) -> Response {
        let (app, routes) = (&self.app, self.api.clone());
        let once = async |it| once(app, it, routes).await.into_response();
        let counted = async |it| by_account(app, it, once).await;
        let known = async |it| identify(app, it, counted).await.into_response();
        let tagged = async |it| tag(app, it, known).await;
        by_address(app, request, tagged).await
    }
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
fn with_last_slash(mut request: Request) -> Request {
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
