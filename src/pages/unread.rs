//! The number beside one's name: how many notifications are unread, on every page.

use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;

use crate::app::App;
use crate::http::visit::Visit;
use crate::notifications;
use crate::users::UserId;

/// Counts what somebody has not read, before a page is made that shows it.
pub async fn count(
    app: &App,
    request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let visit = request.extensions().get::<Visit>().filter(|_| is_page(&request)).cloned();
    if let Some(visit) = visit
        && let Some(user) = visit.who().map(|who| UserId(who.id))
    {
        match app.db.read(move |conn| notifications::count(conn, user, true)).await {
            Ok(count) => visit.note_unread(count),
            // The page is worth more than the number.
            Err(err) => tracing::warn!(%err, "cannot count what is unread"),
        }
    }
    next(request).await
}

/// Whether a page is asked for, and not one of the files that it needs.
fn is_page(request: &Request) -> bool {
    request.method() == Method::GET && !request.uri().path().starts_with("/static/")
}
