//! What is somebody's own: what they go to, what they organise, and what their groups hold.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::events::shown::Card;
use crate::events::{self, Event, EventId, Filter, Interest, Ordering, Status, When};
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::interests::{self, Participation};
use crate::users::{User, Viewer};

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/mine/", get(coming))
        .route("/mine/past/", get(gone))
        .route("/mine/organised/", get(organised))
        .route("/mine/organised/drafts/", get(drafts))
        .route("/mine/organised/past/", get(organised_before))
        .route("/mine/groups/", get(of_groups))
}

/// What is on at this moment stands above a list of what is coming: so many at most.
const NOW: usize = 20;

/// How many events a page shows.
const SHOWN: usize = 24;

/// A list of somebody's events.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Coming,
    Past,
    Organised,
    Drafts,
    OrganisedBefore,
    OfGroups,
}

/// An event of theirs, and what they have to do with it.
struct Entry {
    card: Card,
    part: Option<Interest>,
}

/// Some of them under one heading.
struct Section {
    heading: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "pages/organise/mine.html")]
struct MinePage {
    visit: Visit,
    tab: Tab,
    sections: Vec<Section>,
    links: Links,
}

impl Tab {
    fn filter(self, user: &User) -> Filter {
        let theirs = Filter { creator: Some(user.id), ..Filter::default() };
        let taken_part = Filter { is_interested: true, ..Filter::default() };
        let ordering = Some(Ordering::LatestStart);
        let (upcoming, past) = (Some(When::Upcoming), Some(When::Past));
        match self {
            Self::Coming => Filter { when: upcoming, ..taken_part },
            Self::Past => Filter { when: past, ordering, ..taken_part },
            Self::Organised => Filter { when: upcoming, ..theirs },
            Self::Drafts => Filter {
                status: Some(Status::Draft),
                ordering: Some(Ordering::LatestCreated),
                ..theirs
            },
            Self::OrganisedBefore => Filter { when: past, ordering, ..theirs },
            Self::OfGroups => Filter { when: upcoming, is_followed: true, ..Filter::default() },
        }
    }

    /// Whether it shows what is on at this moment, too.
    fn is_coming(self) -> bool {
        matches!(self, Self::Coming | Self::Organised | Self::OfGroups)
    }

    fn is_organised(self) -> bool {
        matches!(self, Self::Organised | Self::Drafts | Self::OrganisedBefore)
    }

    fn is_of_taking_part(self) -> bool {
        matches!(self, Self::Coming | Self::Past)
    }
}

/// How somebody takes part in an event, in a few words.
fn tie(visit: &Visit, it: &Participation) -> Option<String> {
    let said = match (it.status, it.position) {
        (Interest::Going, _) => visit.say("mine-you-go"),
        (Interest::Waitlisted, Some(place)) => visit.with("mine-place", "place", place),
        (Interest::Waitlisted, None) => visit.say("mine-you-wait"),
        (Interest::Interested, _) => visit.say("mine-you-look-on"),
        (Interest::Refused, _) => return None,
    };
    Some(match it.guests {
        0 => said,
        guests => format!("{said}, {}", visit.with("mine-with-guests", "count", guests)),
    })
}

impl MinePage {
    fn is(&self, tab: Tab) -> bool {
        self.tab == tab
    }

    fn is_empty(&self) -> bool {
        self.sections.iter().all(|section| section.entries.is_empty())
    }

    fn nothing(&self) -> String {
        self.visit.say(match self.tab {
            Tab::Coming => "mine-nothing-coming",
            Tab::Past => "mine-nothing-past",
            Tab::Organised => "mine-nothing-organised",
            Tab::Drafts => "mine-no-drafts",
            Tab::OrganisedBefore => "mine-nothing-organised-before",
            Tab::OfGroups => "mine-nothing-of-groups",
        })
    }
}

async fn coming(app: App, user: User, visit: Visit, paging: Paging) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::Coming, paging).await
}

async fn gone(app: App, user: User, visit: Visit, paging: Paging) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::Past, paging).await
}

async fn organised(app: App, user: User, visit: Visit, paging: Paging) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::Organised, paging).await
}

async fn drafts(app: App, user: User, visit: Visit, paging: Paging) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::Drafts, paging).await
}

async fn organised_before(
    app: App,
    user: User,
    visit: Visit,
    paging: Paging,
) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::OrganisedBefore, paging).await
}

async fn of_groups(app: App, user: User, visit: Visit, paging: Paging) -> PageResult<MinePage> {
    list(app, (user, visit), Tab::OfGroups, paging).await
}

async fn list(
    app: App,
    (user, visit): (User, Visit),
    tab: Tab,
    mut paging: Paging,
) -> PageResult<MinePage> {
    paging.size = SHOWN;
    let (asked, asking) = (paging.clone(), visit.clone());
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::from(&user);
        let filter = tab.filter(&user);
        let now = Filter { when: Some(When::Now), ..filter.clone() };
        let now = match tab.is_coming() && asked.cursor.is_none() {
            true => events::list(conn, &viewer, &now, &Paging::first(NOW))?.rows,
            false => Vec::new(),
        };
        let page = events::list(conn, &viewer, &filter, &asked)?;
        let now = entries(conn, &user, &asking, now)?;
        let page = page.turn(|events| entries(conn, &user, &asking, events))?;
        Ok((now, page))
    };
    let (now, page) = app.db.read_slow(read).await?;
    let links = page.links(&paging);
    let sections = sections(&visit, tab, now, page.rows);
    Ok(Page(MinePage { visit, tab, sections, links }))
}

/// Events with what somebody has to do with each, asked for all of them at once.
fn entries(conn: &mut Conn, user: &User, visit: &Visit, events: Vec<Event>) -> Result<Vec<Entry>> {
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let parts = interests::among(conn, user.id, &ids)?;
    let entry = |event: Event| {
        let part = parts.iter().find(|it| it.event.id == event.id);
        let card = Card { tie: part.and_then(|it| tie(visit, it)), ..Card::new(visit, &event) };
        Entry { card, part: part.map(|it| it.status) }
    };
    Ok(events.into_iter().map(entry).collect())
}

/// What is on now comes first; what is still to come stands in the order in which somebody is tied to
/// it: a seat, a place in line, a wish.
fn sections(visit: &Visit, tab: Tab, now: Vec<Entry>, rows: Vec<Entry>) -> Vec<Section> {
    let on_now = Section { heading: visit.say("mine-now"), entries: now };
    if tab != Tab::Coming {
        let heading = visit.say(match tab {
            Tab::Coming | Tab::Organised | Tab::OfGroups => "mine-coming-up",
            Tab::Drafts => "mine-drafts",
            Tab::Past | Tab::OrganisedBefore => "mine-past",
        });
        return kept([on_now, Section { heading, entries: rows }]);
    }
    let is = |part| move |entry: &Entry| entry.part == Some(part);
    let (going, rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(is(Interest::Going));
    let (waiting, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(is(Interest::Waitlisted));
    kept([
        on_now,
        Section { heading: visit.say("mine-going"), entries: going },
        Section { heading: visit.say("mine-waiting"), entries: waiting },
        Section { heading: visit.say("mine-interested"), entries: others },
    ])
}

fn kept<const N: usize>(sections: [Section; N]) -> Vec<Section> {
    sections.into_iter().filter(|section| !section.entries.is_empty()).collect()
}
