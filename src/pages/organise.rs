//! Making an event, and changing one: a form, what it looks like before it is sent, and what becomes
//! of it.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::organise_around::Around;
use super::organise_form as fields;
use super::organise_order::Order;
use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Faults, Result};
use crate::events::address::Named;
use crate::events::shown::{Card, when};
use crate::events::{self, Details, Event, EventId, Status};
use crate::files::Size;
use crate::groups::GroupId;
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::upload::Upload;
use crate::http::visit::Visit;
use crate::images::{self, Place};
use crate::input::Field;
use crate::users::User;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/new/", get(begin).post(create))
        .route("/events/{event}/edit/", get(edit).post(update))
}

/// What a new event begins with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Beginning {
    from: Field<EventId>,
    group: Field<GroupId>,
}

/// An event as it would be.
struct Preview {
    card: Card,
    event: Event,
}

#[derive(Template)]
#[template(path = "pages/organise/form.html")]
struct FormPage {
    visit: Visit,
    form: Form,
    around: Around,
    /// Whether there is no such event yet.
    is_new: bool,
    state: State,
    preview: Option<Preview>,
    lost_picture: bool,
}

/// How far somebody has come with a form.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// They have typed nothing yet.
    Fresh,
    /// They see again what they typed.
    Typed,
    /// The same, and somebody else was quicker.
    Late,
    /// The same, and that somebody has called the event off.
    CalledOff,
}

impl FormPage {
    fn fresh(visit: Visit, form: Form, around: Around) -> Self {
        Self {
            visit,
            form,
            around,
            is_new: true,
            state: State::Fresh,
            preview: None,
            lost_picture: false,
        }
    }

    fn is_fresh(&self) -> bool {
        self.state == State::Fresh
    }

    fn is_late(&self) -> bool {
        matches!(self.state, State::Late | State::CalledOff)
    }

    /// Whether somebody else has called it off while they were at it.
    fn was_called_off(&self) -> bool {
        self.state == State::CalledOff
    }

    /// The event that is to change.
    fn before(&self) -> Option<&Event> {
        self.around.event.as_ref().filter(|_| !self.is_new)
    }

    /// Who has not said where they live is where their browser is.
    fn guesses_zone(&self) -> bool {
        self.is_fresh() && self.around.event.is_none() && self.form.is("timezone", "UTC")
    }

    /// What would become of it.
    fn would_be(&self, user: &User, order: &Order) -> Result<Event> {
        let mut event = if let Some(event) = self.before().cloned() {
            let details = event.details.clone().changed(&order.change)?;
            Event { details, ..event }
        } else {
            let details = Details::new(&order.change, user.timezone)?;
            Event::new(EventId(0), details, (user.into(), None), clock::now())
        };
        let picture = self.around.picture.as_ref().filter(|_| !order.takes_away);
        event.thumbnail = picture.map(|picture| picture.file.name.clone());
        Ok(event)
    }

    /// Where it is sent to.
    fn path(&self) -> String {
        match self.before() {
            Some(event) => format!("{}edit/", event.path()),
            None => "/events/new/".to_owned(),
        }
    }

    fn opens(&self, part: fields::Part) -> bool {
        fields::is_open(&self.form, part)
    }

    /// A field for times takes no seconds, unless it is told that there are some.
    fn step(&self, name: &str) -> &'static str {
        if self.form.text(name).len() > "20:00".len() { "1" } else { "60" }
    }

    fn is_called_off(&self) -> bool {
        self.form.is("status", "cancelled")
    }

    /// Whether others see it already.
    fn is_published(&self) -> bool {
        self.before().is_some_and(|it| it.details.status == Status::Scheduled)
    }

    /// How many days after its first the last one is of what is copied.
    fn days(&self) -> i64 {
        let copied = self.around.event.as_ref().filter(|_| self.is_new);
        copied.map_or(0, |it| it.details.days)
    }

    fn picture(&self) -> Option<String> {
        self.around.picture.as_ref().map(|picture| picture.file.name.path(Size::Large))
    }

    fn when(&self, preview: &Preview) -> String {
        when(&self.visit, &preview.event.details)
    }

    fn until(&self, preview: &Preview) -> Option<String> {
        let details = &preview.event.details;
        let until = fields::local(details.rsvp.rules().until?, details.timezone);
        Some(self.visit.language().moment(until))
    }

    fn seats(&self, preview: &Preview) -> Option<String> {
        preview.event.details.capacity.map(|seats| self.visit.language().number(seats))
    }

    /// Who sees it, in a sentence.
    fn who_sees(&self) -> String {
        self.visit.say(match self.form.text("visibility") {
            "unlisted" => "organise-unlisted-hint",
            "group" => "organise-group-only-hint",
            _ => "organise-public-hint",
        })
    }
}

/// The form of a new event; of one like another; or of one in a group.
async fn begin(
    app: App,
    user: User,
    visit: Visit,
    Query(beginning): Query<Beginning>,
) -> PageResult<FormPage> {
    let mut faults = Faults::default();
    let from = beginning.from.or_nothing("from", &mut faults);
    let group = beginning.group.or_nothing("group", &mut faults).map(|group| group.0);
    faults.check()?;
    let asking = user.clone();
    let around = app.db.read_slow(move |conn| Around::read(conn, &asking, (from, false))).await?;

    let form = match &around.event {
        Some(event) => copy(event, &around),
        None => fields::blank(&user, group),
    };
    Ok(Page(FormPage::fresh(visit, form, around)))
}

/// The form of an event like another; in no group, where they may not hold it in the same one.
fn copy(event: &Event, around: &Around) -> Form {
    let form = fields::copy(event, around.alt());
    match around.holds(form.text("group")) {
        true => form,
        false => form.with("group", ""),
    }
}

/// What somebody sends: the page that shows it again, and what it asks for, if nothing is wrong.
async fn receive(
    app: &App,
    (user, visit): (&User, Visit),
    upload: Upload,
    changed: Option<EventId>,
) -> Result<(FormPage, Result<Order>)> {
    let (form, kept) = images::receive_form(app, upload, 1).await?;
    let event = changed.or_else(|| form.text("from").parse().ok().map(EventId));
    let asking = user.clone();
    let whose = (event, changed.is_some());
    let around = app.db.read_slow(move |conn| Around::read(conn, &asking, whose)).await?;
    let page = FormPage {
        is_new: changed.is_none(),
        state: State::Typed,
        lost_picture: !matches!(&kept, Ok(none) if none.is_empty()),
        ..FormPage::fresh(visit, form, around)
    };
    let before = page.before().map(|event| &event.details);
    let zone = before.map_or(user.timezone, |it| it.timezone);
    let filled_with = page.around.event.as_ref().map(|event| &event.details);
    let order = Order::read(&page.form, kept, zone, filled_with);
    Ok((page, order))
}

async fn create(app: App, user: User, visit: Visit, upload: Upload) -> Result<Response> {
    let (page, order) = receive(&app, (&user, visit), upload, None).await?;
    let order = match order {
        Ok(order) if page.form.is("do", "preview") => return preview(page, &user, &order),
        Ok(order) => order,
        Err(err) => return again(page, err),
    };
    let (from, zone) = (page.around.event.as_ref().map(|event| event.id), user.timezone);
    let make = move |tx: &mut Tx| {
        let old = from.map(|from| images::find_at(tx, Place::Event(from))).transpose()?.flatten();
        let event = events::create(tx, &user, &order.change, zone)?;
        order.settle_new(tx, user.id, event.id, old)?;
        Ok(event.path())
    };
    match app.db.write(make).await {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(err) => again(page, of_group(err)),
    }
}

/// Whoever may make an event, or change one, may not hold it in every group: that is said beside the
/// group.
fn of_group(err: Error) -> Error {
    match err {
        Error::Forbidden(message) => Error::invalid("group", message),
        other => other,
    }
}

/// The same form again, with what is wrong with it.
fn again(page: FormPage, err: Error) -> Result<Response> {
    let form = page.form.clone().refused(err)?;
    Ok(refused(FormPage { form, ..page }))
}

/// The same form again, below what would become of it. Nothing is written.
fn preview(mut page: FormPage, user: &User, order: &Order) -> Result<Response> {
    let event = match page.would_be(user, order) {
        Ok(event) => event,
        Err(err) => return again(page, err),
    };
    let mut card = Card::new(&page.visit, &event);
    let host = event.details.group_id;
    let host = page.around.groups.iter().find(|(id, _)| Some(*id) == host);
    card.group = host.map(|(_, name)| name.clone());
    // There is no page of it yet that could be opened.
    "#event-form".clone_into(&mut card.path);
    page.preview = Some(Preview { card, event });
    Ok(Page(page).into_response())
}

async fn edit(
    app: App,
    user: User,
    visit: Visit,
    Path(Named(id)): Path<Named>,
) -> PageResult<FormPage> {
    let around = app.db.read_slow(move |conn| Around::read(conn, &user, (Some(id), true))).await?;
    let form = around.event.as_ref().map(|event| fields::of(event, around.alt()));
    let page = FormPage::fresh(visit, form.unwrap_or_default(), around);
    Ok(Page(FormPage { is_new: false, ..page }))
}

async fn update(
    app: App,
    user: User,
    visit: Visit,
    Path(Named(id)): Path<Named>,
    upload: Upload,
) -> Result<Response> {
    let (page, order) = receive(&app, (&user, visit), upload, Some(id)).await?;
    let order = match order {
        Ok(order) if page.form.is("do", "preview") => return preview(page, &user, &order),
        Ok(order) => order,
        Err(err) => return again(page, err),
    };
    let (seen, saving) = (page.form.text("seen").to_owned(), user.clone());
    let saved = app.db.write(move |tx| save(tx, &saving, id, &order, &seen)).await;
    match saved {
        Ok(path) => Ok(Redirect::to(&path).into_response()),
        Err(Error::Changed) => collided(&app, user, id, page).await,
        Err(err) => again(page, of_group(err)),
    }
}

/// Changes an event, unless somebody has seen another version of it.
fn save(tx: &mut Tx, user: &User, id: EventId, order: &Order, seen: &str) -> Result<String> {
    events::lock(tx, id)?;
    if !seen.is_empty() && fields::seen(&events::editable(tx, user, id)?) != seen {
        return Err(Error::Changed);
    }

    let event = events::update(tx, user, id, &order.change)?;
    order.settle(tx, user.id, id)?;
    Ok(event.path())
}

/// Somebody else was quicker: what was typed stays, and is only sent again by who knows. Whether it
/// takes place is what the others say, and so is what a picture of theirs shows.
async fn collided(app: &App, user: User, id: EventId, page: FormPage) -> Result<Response> {
    let whose = (Some(id), true);
    let around = app.db.read_slow(move |conn| Around::read(conn, &user, whose)).await?;
    let (mut form, mut state) = (page.form.clone(), State::Late);
    if let Some(event) = &around.event {
        let status = event.details.status;
        if status == Status::Cancelled && !form.is("status", status.as_str()) {
            state = State::CalledOff;
        }
        let picture = fields::seen_picture(event);
        if form.text("seen_picture") != picture {
            form = form.with("picture_alt", around.alt()).with("take_away", "");
        }
        form = form.with("seen", fields::seen(event)).with("seen_picture", picture);
        form = form.with("status", status.as_str());
    }
    let page = FormPage { form, around, state, ..page };
    Ok((StatusCode::CONFLICT, Page(page)).into_response())
}
