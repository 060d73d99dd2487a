//! What the sample holds, made up from a fixed seed: the same each time, but around today.

use chrono::{Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::words::{ANSWERS, COMMENTS, EVENTS, GROUPS, NAMES, PLACES};
use super::{Args, DOMAIN};
use crate::clock;
use crate::comments::Text;
use crate::events::seats::Wish;
use crate::events::{
    Change, Day, Description, Location, Status, Tags, TimeOfDay, Title, Visibility,
};
use crate::groups::{self, Name, NewGroup};
use crate::input::Input;
use crate::users::{DisplayName, Email, Username};
use crate::zone::Zone;

/// Everything to make, with places in the lists above in the stead of ids.
pub struct Plan {
    pub people: Vec<(Username, Email, DisplayName)>,
    pub groups: Vec<(usize, NewGroup, Vec<usize>)>,
    pub events: Vec<(usize, Option<usize>, Change)>,
    pub interests: Vec<(usize, usize, Wish)>,
    pub comments: Vec<(usize, usize, Text, bool)>,
    /// Who follows which group, and who asks to be let into which, where it is closed.
    pub follows: Vec<(usize, usize)>,
}

/// How far from today events are, in days: before and after.
const AROUND: (i64, i64) = (30, 90);

impl Plan {
    pub fn new(args: &Args) -> Self {
        // The party that this is named after, in letters.
        let mut random = StdRng::seed_from_u64(0x006f_7761_6d62_6521);
        let today = chrono::DateTime::<Utc>::from(clock::now()).date_naive();
        let people = (0..args.users).filter_map(person).collect();
        let groups: Vec<_> =
            (0..args.groups).filter_map(|n| group(&mut random, n, args.users)).collect();
        let events = (0..args.events)
            .filter_map(|number| event(&mut random, number, args.users, &groups, today))
            .collect();
        let pairs = |count: usize| if args.users * args.events == 0 { 0 } else { count };
        let interests = (0..pairs(args.interests.unwrap_or(4 * args.events)))
            .map(|_| {
                let going = if random.random_bool(0.6) { Wish::Going } else { Wish::Interested };
                (random.random_range(0..args.users), lively(&mut random, args.events), going)
            })
            .collect();
        let comments = (0..pairs(args.comments.unwrap_or(2 * args.events)))
            .filter_map(|_| {
                let answers = random.random_bool(0.3);
                let text = if answers { ANSWERS } else { COMMENTS }.choose(&mut random)?;
                let event = lively(&mut random, args.events);
                let text = Text::from_text(text).ok()?;
                Some((random.random_range(0..args.users), event, text, answers))
            })
            .collect();
        let follows = (0..if args.users == 0 { 0 } else { 4 * args.groups })
            .map(|number| (random.random_range(0..args.users), number % args.groups))
            .collect();
        Self { people, groups, events, interests, comments, follows }
    }

    /// The name of somebody to sign in as.
    pub fn first_name(&self) -> Option<&str> {
        self.people.first().map(|(name, ..)| name.as_str())
    }
}

/// Some events draw a crowd and most do not.
fn lively(random: &mut StdRng, events: usize) -> usize {
    let (one, other) = (random.random_range(0..events), random.random_range(0..events));
    one.min(other)
}

fn person(number: usize) -> Option<(Username, Email, DisplayName)> {
    let (name, round) = (NAMES[number % NAMES.len()], number / NAMES.len());
    let username = match round {
        0 => format!("demo-{}", name.to_lowercase()),
        round => format!("demo-{}-{round}", name.to_lowercase()),
    };
    Some((
        Username::from_text(&username).ok()?,
        Email::from_text(&format!("{username}@{DOMAIN}")).ok()?,
        DisplayName::from_text(name).ok()?,
    ))
}

fn group(
    random: &mut StdRng,
    number: usize,
    users: usize,
) -> Option<(usize, NewGroup, Vec<usize>)> {
    if users == 0 {
        return None;
    }
    let (name, description) = GROUPS[number % GROUPS.len()];
    let name = match number / GROUPS.len() {
        0 => name.to_owned(),
        round => format!("{name} {}", round + 1),
    };
    let visibility = match number % 8 {
        5 => groups::Visibility::Closed,
        6 => groups::Visibility::Private,
        _ => groups::Visibility::Open,
    };
    let new = NewGroup {
        name: Name::from_text(&name).ok()?,
        description: groups::Description::from_text(description).ok()?,
        visibility,
    };
    let members = (0..random.random_range(3..15)).map(|_| random.random_range(0..users)).collect();
    Some((random.random_range(0..users), new, members))
}

fn event(
    random: &mut StdRng,
    number: usize,
    users: usize,
    groups: &[(usize, NewGroup, Vec<usize>)],
    today: NaiveDate,
) -> Option<(usize, Option<usize>, Change)> {
    let (title, about, tags, hour, lasts) = EVENTS.choose(random)?;
    let place = PLACES.choose(random)?;
    let host = match groups.is_empty() || random.random_bool(0.6) {
        true => None,
        false => Some(random.random_range(0..groups.len())),
    };
    let creator = host.map_or_else(|| random.random_range(0..users), |host| groups[host].0);

    let day = random.random_range(-AROUND.0..AROUND.1);
    let start = today.checked_add_signed(TimeDelta::days(day))?;
    let is_all_day = random.random_bool(0.1);
    let over_midnight = hour + lasts >= 24;
    let end = start.checked_add_days(Days::new(u64::from(over_midnight)))?;
    let at = |hour: u32| Some(NaiveTime::from_hms_opt(hour % 24, 0, 0).map(TimeOfDay));
    let change = Change {
        title: Some(Title::from_text(title).ok()?),
        description: Some(Description::from_text(about).ok()?),
        location: Some(Location::from_text(place.name).ok()?),
        latitude: Some(Some(place.latitude)),
        longitude: Some(Some(place.longitude)),
        start_date: Some(Day(start)),
        end_date: Some(Some(Day(end))),
        start_time: if is_all_day { None } else { at(*hour) },
        end_time: if is_all_day { None } else { at(hour + lasts) },
        timezone: Some(Zone(place.zone)),
        status: Some(if number % 25 == 24 { Status::Cancelled } else { Status::Scheduled }),
        visibility: host.filter(|_| number % 10 == 9).map(|_| Visibility::Group),
        capacity: random.random_bool(0.3).then(|| Some(random.random_range(10..60))),
        tags: Tags::new(*tags).ok(),
        ..Change::default()
    };
    Some((creator, host, change))
}
