//! How a request gets from a door to its route.
//!
//! A layer of a door is a function that is given what comes after it. Axum's own put each layer and
//! each route into boxes and clone all of them for every request, which took as long as a small read.

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use tower::ServiceExt;

/// Answers a request by its route.
pub async fn reach(routes: Router, request: Request) -> Response {
    let Ok(response) = routes.oneshot(request).await;
    response
}
