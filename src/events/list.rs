//! Which events to list, for whom, and in which order.

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::{Day, Event, Status, Tag, search_store, store};
use crate::clock::{self, Instant};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::geo::Place;
use crate::groups::{self, GroupId};
use crate::http::paging::{Page, Paging};
use crate::users::{UserId, Viewer};
use crate::words::{Part, Wanted};

crate::word! {
    /// Where events lie in time, as seen from now. Each is in exactly one of these.
    When { Upcoming = "upcoming", Now = "now", Past = "past" }
}

crate::word! {
    /// What comes first.
    Ordering {
        Start = "start",
        LatestStart = "-start",
        Created = "created",
        LatestCreated = "-created",
        Popular = "popular",
        Relevance = "relevance",
    }
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those that last until this day or longer.
    pub from: Option<Day>,
    /// Those that begin on this day or before it.
    pub to: Option<Day>,
    /// Where they lie, as seen from now.
    pub when: Option<When>,
    /// Those that somebody made.
    pub creator: Option<UserId>,
    /// Those of a group.
    pub group: Option<GroupId>,
    /// Those that have these words.
    pub q: Option<Wanted>,
    /// Those with a tag.
    pub tag: Option<Tag>,
    /// Those near a place.
    pub near: Option<Near>,
    /// Those that the caller takes part in.
    pub is_interested: bool,
    /// Those of groups that the caller follows or belongs to.
    pub is_followed: bool,
    /// Those that are in this state. Drafts are listed only when asked for.
    pub status: Option<Status>,
    /// What comes first.
    pub ordering: Option<Ordering>,
}

/// Around a place, so many kilometres.
#[derive(Clone, Copy, Debug)]
pub struct Near {
    /// The middle.
    pub place: Place,
    /// How far from it.
    pub km: f64,
}

/// A filter with everything that its query has to know.
pub(super) struct Query {
    pub filter: Filter,
    pub ordering: Ordering,
    pub reach: Reach,
    pub now: Instant,
    /// When events that match can begin, both ends included.
    pub begin: (Option<Instant>, Option<Instant>),
}

/// How far a list reaches.
#[derive(Clone, Debug)]
pub(super) enum Reach {
    /// What is for everybody.
    Listed,
    /// What this caller may see, public or not.
    Visible(Viewer),
    /// What this caller may see of groups, but for what others than members find by its address alone.
    Followed(Viewer),
}

impl Ordering {
    /// What cursors of a list in this order are told by.
    pub(super) fn tag(self) -> u8 {
        match self {
            Self::Start => b's',
            Self::LatestStart => b'S',
            Self::Created => b'c',
            Self::LatestCreated => b'C',
            Self::Popular => b'P',
            Self::Relevance => b'r',
        }
    }

    pub(super) fn is_by_start(self) -> bool {
        matches!(self, Self::Start | Self::LatestStart | Self::Relevance)
    }

    pub(super) fn is_down(self) -> bool {
        matches!(self, Self::LatestStart | Self::LatestCreated | Self::Popular)
    }

    fn place(self, event: &Event) -> (u8, i64, i64) {
        (self.tag(), self.key(event), event.id.0)
    }

    fn key(self, event: &Event) -> i64 {
        match self {
            Self::Start | Self::LatestStart | Self::Relevance => event.details.starts_at.micros(),
            Self::Created | Self::LatestCreated => event.created_at.micros(),
            Self::Popular => event.popularity,
        }
    }
}

/// Events, a page at a time.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<Event>> {
    let query = Query::new(conn, viewer, filter)?;
    let order = query.ordering;
    if order == Ordering::Relevance {
        return by_relevance(conn, &query, paging);
    }
    let (cursor, limit) = (paging.cursor(order.tag())?, paging.limit());
    let rows = match query.filter.q {
        Some(_) => search_store::list(conn, &query, cursor, limit)?,
        None => store::list(conn, &query, cursor, limit)?,
    };
    Ok(Page::new(rows, paging, |event| order.place(event)))
}

/// Those that have it all in the title come first; among them, and then among the others, the
/// earliest.
fn by_relevance(conn: &mut Conn, query: &Query, paging: &Paging) -> Result<Page<Event>> {
    let cursor = match paging.cursor {
        Some(cursor) if cursor.order == TITLE => Some((Part::Title, cursor)),
        _ => paging.cursor(REST)?.map(|cursor| (Part::Rest, cursor)),
    };
    let rows = search_store::by_relevance(conn, query, cursor, paging.limit())?;
    let place = |(event, in_title): &(Event, bool)| {
        (if *in_title { TITLE } else { REST }, event.details.starts_at.micros(), event.id.0)
    };
    Ok(Page::new(rows, paging, place).map(|(event, _)| event))
}

/// What cursors are told by among those that have it all in the title, and among the others.
const TITLE: u8 = b'r';
const REST: u8 = b'R';

/// How many events there are to list.
pub fn count(conn: &mut Conn, viewer: &Viewer, filter: &Filter) -> Result<i64> {
    let query = Query::new(conn, viewer, filter)?;
    Ok(match query.filter.q {
        Some(_) => search_store::count(conn, &query)?,
        None => store::count(conn, &query)?,
    })
}

impl Query {
    fn new(conn: &mut Conn, viewer: &Viewer, filter: &Filter) -> Result<Self> {
        let mut filter = filter.clone();
        let is_draft = filter.status == Some(Status::Draft);
        let is_personal = filter.is_interested || filter.is_followed || is_draft;
        if viewer.id().is_none() && is_personal {
            return Err(Error::Unauthenticated("sign in to see what is yours"));
        }
        if is_draft && filter.group.is_none() {
            filter.creator = filter.creator.or(viewer.id());
        }

        let reach = Reach::new(conn, viewer, &filter)?;
        let now = clock::now();
        let needs_longest = filter.from.is_some() || filter.when == Some(When::Now);
        let longest = if needs_longest { store::longest_days(conn)? } else { 0 };
        let begin = (filter.earliest(now, longest), filter.latest(now));
        let by_itself = if filter.q.is_some() { Ordering::Relevance } else { Ordering::Start };
        let ordering = filter.ordering.unwrap_or(by_itself);
        Ok(Self { filter, ordering, reach, now, begin })
    }
}

impl Query {
    /// Whether it asks for nothing but words, and when what has them begins, of what is for everybody.
    pub(super) fn is_of_words_alone(&self) -> bool {
        let Filter { from, to, when, creator, group, q: _, tag, near, .. } = &self.filter;
        let is_any_time = from.is_none() && to.is_none();
        let is_any_time = is_any_time && matches!(when, None | Some(When::Upcoming));
        let is_anybodys = creator.is_none() && group.is_none() && self.filter.status.is_none();
        let is_anywhere = tag.is_none() && near.is_none();
        matches!(self.reach, Reach::Listed) && is_any_time && is_anybodys && is_anywhere
    }
}

impl Reach {
    /// What is not for everybody shows up where somebody asks for what is theirs, or their
    /// group's.
    fn new(conn: &mut Conn, viewer: &Viewer, filter: &Filter) -> Result<Self> {
        let Some(user) = viewer.id().filter(|_| !filter.is_same_for_all()) else {
            return Ok(Self::Listed);
        };
        let is_theirs = filter.creator == Some(user) || filter.is_interested || viewer.is_admin();
        let belongs = match filter.group {
            Some(group) => groups::role_in(conn, group, user)?.is_some(),
            None => false,
        };
        let narrows = filter.creator.is_some() || filter.group.is_some() || filter.is_interested;
        let narrows = narrows || (filter.is_followed && viewer.is_admin());
        Ok(if narrows && (is_theirs || belongs) {
            Self::Visible(viewer.clone())
        } else if filter.is_followed {
            Self::Followed(viewer.clone())
        } else {
            Self::Listed
        })
    }
}

impl Filter {
    /// Whether everybody who asks is shown the same events.
    pub fn is_same_for_all(&self) -> bool {
        let is_draft = self.status == Some(Status::Draft);
        let is_of_somebody = self.creator.is_some() || self.group.is_some();
        !is_draft && !is_of_somebody && !self.is_interested && !self.is_followed
    }

    /// The earliest that an event can begin and still match, however long the longest one lasts.
    ///
    /// It is what an index on the start can seek to; the rest of the filter says it exactly.
    fn earliest(&self, now: Instant, longest: i64) -> Option<Instant> {
        let longest = TimeDelta::days(longest + 2);
        let from = self.from.map(|day| midnight(day.0).plus(-longest));
        let when = match self.when {
            Some(When::Upcoming) => Some(now.plus(TimeDelta::microseconds(1))),
            Some(When::Now) => Some(now.plus(-longest)),
            Some(When::Past) | None => None,
        };
        from.max(when)
    }

    /// The latest that an event can begin and still match.
    fn latest(&self, now: Instant) -> Option<Instant> {
        // The day begins up to 14 hours earlier and 12 hours later elsewhere.
        let to = self.to.map(|day| midnight(day.0).plus(TimeDelta::days(2)));
        let when = match self.when {
            Some(When::Now | When::Past) => Some(now),
            Some(When::Upcoming) | None => None,
        };
        match (to, when) {
            (Some(to), Some(when)) => Some(to.min(when)),
            (to, when) => to.or(when),
        }
    }
}

fn midnight(day: NaiveDate) -> Instant {
    day.and_time(NaiveTime::MIN).and_utc().into()
}
