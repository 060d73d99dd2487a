//! The page on which somebody gets an account.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::api::RegistrationIn;
use super::cookie_auth::own_path;
use super::sign_in_web::{Browser, Onward, lead_on};
use super::{Session, credentials};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::page::{Page, refused};
use crate::http::visit::Visit;
use crate::input::Input;
use crate::users::{self, Change, User};
use crate::zone::Zone;

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route("/signup/", get(show).post(sign_up))
}

#[derive(Template)]
#[template(path = "sessions/sign_up.html")]
struct SignUpPage {
    visit: Visit,
    form: Form,
}

async fn show(visit: Visit, Query(onward): Query<Onward>) -> Response {
    let form = onward.form();
    match visit.who() {
        Some(_) => Redirect::to(own_path(form.text("next"))).into_response(),
        None => Page(SignUpPage { visit, form }).into_response(),
    }
}

async fn sign_up(app: App, visit: Visit, browser: Browser, form: Form) -> Result<Response> {
    let (new, faults) = form.read::<RegistrationIn>()?.read();
    // Nobody typed it: where it is no zone, they live where the site does.
    let zone = Zone::from_text(form.text("timezone")).ok();
    let settled = move |tx: &mut Tx, session: Session, user: User| {
        browser.takes(tx, &session)?;
        if zone.is_some() {
            users::update(tx, &user, &Change { timezone: zone, ..Change::default() })?;
        }
        Ok(session)
    };
    match credentials::register(&app, new, faults, settled).await {
        Ok(session) => lead_on(&app, &session, form.text("next")),
        Err(err) => {
            let form = form.refused(err)?.with("password", "");
            Ok(refused(SignUpPage { visit, form }))
        }
    }
}
