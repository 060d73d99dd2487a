//! Events of a month, day by day.

use askama::Template;
use axum::http::Uri;
use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

use super::{Search, or_nothing, today};
use crate::app::App;
use crate::db::Conn;
use crate::events::shown::Card;
use crate::events::{self, Day, Event, Filter};
use crate::http::extract::Query;
use crate::http::page::{Page, PageResult};
use crate::http::paging::Paging;
use crate::http::visit::Visit;
use crate::input::{Field, Input};
use crate::users::Viewer;

#[derive(Template)]
#[template(path = "pages/find/month.html")]
pub(super) struct MonthPage {
    visit: Visit,
    search: Search,
    name: String,
    /// What the days of the week are called, whole and in few letters.
    weekdays: Vec<(String, String)>,
    cards: Vec<Card>,
    days: Vec<DayOfMonth>,
    previous: String,
    next: String,
    is_empty: bool,
    is_cut: bool,
}

/// A day, and what is on.
struct DayOfMonth {
    number: u32,
    name: String,
    is_today: bool,
    /// Whether it is of the month before or the one after.
    is_other: bool,
    /// Which of the cards are on, the first of them.
    events: Vec<usize>,
    /// How many more are on, and where they are.
    more: usize,
    link: String,
}

/// A month: `YYYY-MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Month(NaiveDate);

impl Input for Month {
    fn from_text(text: &str) -> Result<Self, String> {
        let first = Day::from_text(&format!("{}-01", text.trim()));
        first.map(|Day(first)| Self(first)).map_err(|_| "write a month as YYYY-MM".to_owned())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    month: Field<Month>,
}

/// Events that a month shows at most, and a day of it.
const MOST: usize = 300;
const MOST_A_DAY: usize = 5;

pub(super) async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    uri: Uri,
    Query(asked): Query<Asked>,
) -> PageResult<MonthPage> {
    let search = Search::read(uri.query())?;
    let Day(today) = today(&app, &visit);
    let first = match asked.month {
        Field::Value(Month(first)) => first,
        _ => today.with_day(1).unwrap_or(today),
    };
    let (from, to) = weeks(first);
    let filter = Filter {
        from: Some(Day(from)),
        to: Some(Day(to)),
        when: None,
        ordering: Some(events::Ordering::Start),
        ..search.filter.clone()
    };
    let read =
        move |conn: &mut Conn| Ok(events::list(conn, &viewer, &filter, &Paging::first(MOST))?.rows);
    let found = or_nothing(app.db.read_slow(read).await)?;
    let days = from.iter_days().take_while(|day| *day <= to);
    let days: Vec<_> =
        days.map(|day| of_day(&visit, &search, (day, first, today), &found)).collect();
    Ok(Page(MonthPage {
        name: visit.language().month(first),
        weekdays: from.iter_days().take(7).map(|day| visit.language().weekday(day)).collect(),
        previous: link(&search, first.checked_sub_months(Months::new(1))),
        next: link(&search, first.checked_add_months(Months::new(1))),
        is_empty: days.iter().all(|day| day.is_other || day.events.is_empty()),
        is_cut: found.len() == MOST,
        cards: found.iter().map(|event| Card::new(&visit, event)).collect(),
        days,
        visit,
        search,
    }))
}

/// The Monday on or before a month begins, and the Sunday on or after it ends.
fn weeks(first: NaiveDate) -> (NaiveDate, NaiveDate) {
    let last = first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt());
    let last = last.unwrap_or(first);
    let before = Days::new(first.weekday().num_days_from_monday().into());
    let after = Days::new((6 - last.weekday().num_days_from_monday()).into());
    let from = first.checked_sub_days(before).unwrap_or(first);
    (from, last.checked_add_days(after).unwrap_or(last))
}

fn of_day(
    visit: &Visit,
    search: &Search,
    (day, month, today): (NaiveDate, NaiveDate, NaiveDate),
    found: &[Event],
) -> DayOfMonth {
    let is_on = |(_, event): &(usize, &Event)| {
        event.details.start_date.0 <= day && day <= event.details.end_date.0
    };
    let on: Vec<usize> = found.iter().enumerate().filter(is_on).map(|(number, _)| number).collect();
    let date = day.to_string();
    DayOfMonth {
        number: day.day(),
        name: visit.language().day(day),
        is_today: day == today,
        is_other: day.month() != month.month(),
        more: on.len().saturating_sub(MOST_A_DAY),
        events: on.into_iter().take(MOST_A_DAY).collect(),
        link: search.link("/events/", &[("from", &date), ("to", &date), ("when", "")]),
    }
}

fn link(search: &Search, month: Option<NaiveDate>) -> String {
    let Some(month) = month else { return String::new() };
    let link = search.link("/events/month/", &[("from", ""), ("to", ""), ("when", "")]);
    let and = if link.contains('?') { '&' } else { '?' };
    format!("{link}{and}month={}", month.format("%Y-%m"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_shown_in_whole_weeks() {
        assert_eq!(weeks(day("2026-11-01")), (day("2026-10-26"), day("2026-12-06")));
        assert_eq!(weeks(day("2027-02-01")), (day("2027-02-01"), day("2027-02-28")));
    }

    #[test]
    fn a_month_is_written_in_one_way() {
        assert_eq!(Month::from_text("2026-11"), Ok(Month(day("2026-11-01"))));
        for wrong in ["", "2026", "2026-13", "november", "0001-01", "99999-01"] {
            assert!(Month::from_text(wrong).is_err(), "{wrong}");
        }
    }
}
