//! The pages behind the links in letters: verifying an address, and choosing a new password.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{forgot_web, mailbox, own_web, sign_in_web, sign_up_web};
use crate::app::App;
use crate::error::{Error, Faults, Result};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::idempotency::Once;
use crate::http::page::{Page, PageResult, refused};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::password::Password;

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/verify/", get(show_verify).post(verify))
        .route("/reset/", get(show_reset).post(reset))
        .merge(sign_in_web::routes())
        .merge(sign_up_web::routes())
        .merge(forgot_web::routes())
        .merge(own_web::routes())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    token: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewPassword {
    new_password: Field<Password>,
}

/// Where somebody is on their way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Asked,
    Done,
    Void,
}

#[derive(Template)]
#[template(path = "sessions/verify.html")]
struct VerifyPage {
    visit: Visit,
    token: String,
    step: Step,
}

#[derive(Template)]
#[template(path = "sessions/reset.html")]
struct ResetPage {
    visit: Visit,
    token: String,
    step: Step,
    username: String,
    form: Form,
}

/// Asks first: programs that look at links before people do must not decide for them.
async fn show_verify(visit: Visit, Query(link): Query<Link>) -> Page<VerifyPage> {
    Page(VerifyPage { visit, token: token(link), step: Step::Asked })
}

async fn verify(app: App, visit: Visit, Query(link): Query<Link>) -> PageResult<VerifyPage> {
    let token = token(link);
    let (site, same) = (app.site.clone(), token.clone());
    let verified = app.db.write(move |tx| mailbox::verify(tx, &site, &same).map(drop)).await;
    let step = match verified {
        Ok(()) => Step::Done,
        Err(Error::Invalid(_)) => Step::Void,
        Err(other) => return Err(other),
    };
    Ok(Page(VerifyPage { visit, token, step }))
}

async fn show_reset(app: App, visit: Visit, Query(link): Query<Link>) -> PageResult<ResetPage> {
    reset_page(&app, visit, token(link), Form::default()).await.map(Page)
}

/// The form, where the link is still good.
async fn reset_page(app: &App, visit: Visit, token: String, form: Form) -> Result<ResetPage> {
    let (site, same) = (app.site.clone(), token.clone());
    let whose = app.db.read(move |conn| mailbox::check_reset(conn, &site, &same)).await;
    let (step, username) = match whose {
        Ok((user, _)) => (Step::Asked, user.username),
        Err(Error::Invalid(_)) => (Step::Void, String::new()),
        Err(other) => return Err(other),
    };
    Ok(ResetPage { visit, token, step, username, form })
}

async fn reset(app: App, visit: Visit, Query(link): Query<Link>, form: Form) -> Result<Response> {
    let token = token(link);
    let mut faults = Faults::default();
    let chosen = form.read::<NewPassword>()?.new_password.required("new_password", &mut faults);
    let done = match chosen {
        Some(new) => mailbox::reset(&app, token.clone(), new, Once::default()).await,
        None => Err(faults.into()),
    };
    match done {
        Ok(()) => {
            let (step, username) = (Step::Done, String::new());
            Ok(Page(ResetPage { visit, token, step, username, form }).into_response())
        }
        Err(err) => {
            let form = form.refused(err)?.with("new_password", "");
            Ok(refused(reset_page(&app, visit, token, form).await?))
        }
    }
}

fn token(link: Link) -> String {
    match link.token {
        Field::Value(token) => token,
        _ => String::new(),
    }
}
