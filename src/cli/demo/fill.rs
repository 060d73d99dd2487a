//! Writing the sample, some hundreds at a time, with a bar that shows how far it is.

use std::sync::Arc;
use std::time::Instant;

use chrono::TimeDelta;
use indicatif::{ProgressBar, ProgressStyle};

use super::pictures::{self, Receivers};
use super::plan::Plan;
use super::words::{ANNOUNCEMENTS, REQUESTS};
use super::{DOMAIN, PASSWORD};
use crate::app::App;
use crate::clock;
use crate::comments::{self, CommentId};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};
use crate::events::seats::Answer;
use crate::events::{self, Change, EventId};
use crate::groups::{self, Body, Group, Message, Title, Visibility};
use crate::input::Input;
use crate::users::password::Password;
use crate::users::{self, NewUser, User};
use crate::zone::Zone;
use crate::{accounts, interests};

/// Rows in one transaction.
const BATCH: usize = 500;

/// Takes away everybody of an earlier run. Tells how many they were.
pub async fn remove(db: &Db) -> anyhow::Result<usize> {
    let ids = db.read_slow(|conn| users::ids_with_email_at(conn, DOMAIN)).await?;
    let count = ids.len();
    in_batches(db, "removing the last sample", ids, |tx, id| accounts::delete(tx, *id)).await?;
    Ok(count)
}

/// Brings everything that is planned. Tells what, and how long it took.
pub async fn fill(app: &App, plan: &Plan, draws: bool) -> anyhow::Result<String> {
    let (began, db) = (Instant::now(), &app.db);
    let people = people(db, plan).await?;
    let groups = groups(db, plan, &people).await?;
    follows(db, plan, &people, &groups).await?;
    let events = events(db, plan, &people, &groups).await?;
    interests(db, plan, &people, &events).await?;
    let comments = comments(db, plan, &people, &events).await?;
    let mut pictures = 0;
    if draws {
        let creators = plan.events.iter().map(|(creator, ..)| people[*creator].id);
        let events: Vec<_> = creators.zip(events.iter().copied()).collect();
        let (people, groups, events, comments) = (&people, &groups, &events, &comments);
        pictures = pictures::fill(app, Receivers { people, groups, events, comments }).await?;
    }
    db.write(events::tidy_index).await?;
    db.analyze().await?;
    Ok(format!(
        "{} people, {} groups, {} events, {} interests, {} comments and {pictures} pictures in {:.1} s.",
        people.len(),
        groups.len(),
        events.len(),
        plan.interests.len(),
        plan.comments.len(),
        began.elapsed().as_secs_f64(),
    ))
}

async fn people(db: &Db, plan: &Plan) -> anyhow::Result<Vec<User>> {
    let password_hash = Password::attempt(PASSWORD).hash()?;
    let new = plan.people.iter().map(|(username, email, display_name)| NewUser {
        username: username.clone(),
        email: email.clone(),
        display_name: display_name.clone(),
        password_hash: password_hash.clone(),
        timezone: Zone(chrono_tz::Africa::Lagos),
        is_admin: false,
    });
    in_batches(db, "people", new.collect(), users::create).await
}

async fn groups(db: &Db, plan: &Plan, people: &[User]) -> anyhow::Result<Vec<Group>> {
    let new = plan.groups.iter().map(|(owner, new, members)| {
        let members: Vec<User> = members.iter().map(|member| people[*member].clone()).collect();
        (people[*owner].clone(), new.clone(), members)
    });
    let new = new.zip(ANNOUNCEMENTS.iter().cycle());
    in_batches(db, "groups", new.collect(), |tx, ((owner, new, members), (title, body))| {
        let group = groups::create(tx, owner, new)?;
        if let (Ok(title), Ok(body)) = (Title::from_text(title), Body::from_text(body)) {
            groups::announce(tx, owner, group.id, &title, &body)?;
        }
        for member in members.iter().filter(|member| member.id != owner.id) {
            groups::add_member(tx, owner, group.id, member.id, None)?;
        }
        Ok(group)
    })
    .await
}

/// Some follow a group, or ask to be let in where it is closed.
async fn follows(db: &Db, plan: &Plan, people: &[User], groups: &[Group]) -> anyhow::Result<()> {
    let new =
        plan.follows.iter().map(|(user, group)| (people[*user].clone(), groups[*group].clone()));
    let new = new.zip(REQUESTS.iter().cycle());
    in_batches(db, "followers", new.collect(), |tx, ((user, group), message)| {
        if let (Visibility::Closed, Ok(message)) = (group.visibility, Message::from_text(message)) {
            return passing(groups::ask(tx, user, group.id, &message).map(drop));
        }
        passing(groups::follow(tx, user, group.id).map(drop))
    })
    .await?;
    Ok(())
}

async fn events(
    db: &Db,
    plan: &Plan,
    people: &[User],
    groups: &[Group],
) -> anyhow::Result<Vec<EventId>> {
    let new = plan.events.iter().map(|(creator, host, change)| {
        let group = host.map(|host| Some(groups[host].id));
        (people[*creator].clone(), Change { group, ..change.clone() })
    });
    in_batches(db, "events", new.collect(), |tx, (creator, change)| {
        Ok(events::bring(tx, creator, change, creator.timezone)?.id)
    })
    .await
}

async fn interests(
    db: &Db,
    plan: &Plan,
    people: &[User],
    events: &[EventId],
) -> anyhow::Result<()> {
    let new = plan
        .interests
        .iter()
        .map(|(user, event, status)| (people[*user].clone(), events[*event], *status));
    in_batches(db, "interests", new.collect(), |tx, (user, event, status)| {
        // Some of the events are over: everybody answered in time.
        let in_time = clock::now().plus(-TimeDelta::days(32));
        let answer = Answer { wish: Some(*status), guests: None };
        passing(interests::create_at(tx, user, user.id, *event, answer, in_time))
    })
    .await?;
    Ok(())
}

/// The comments that were made, and by whom.
async fn comments(
    db: &Db,
    plan: &Plan,
    people: &[User],
    events: &[EventId],
) -> anyhow::Result<Vec<(User, CommentId)>> {
    let new = plan.comments.iter().map(|(user, event, text, answers)| {
        (people[*user].clone(), events[*event], text.clone(), *answers)
    });
    let made = in_batches(db, "comments", new.collect(), |tx, (user, event, text, answers)| {
        let parent = if *answers { first_comment(tx, user, *event)? } else { None };
        let made = passing(comments::create(tx, user, *event, text, parent))?;
        Ok(made.map(|comment| (user.clone(), comment.id)))
    });
    Ok(made.await?.into_iter().flatten().collect())
}

fn first_comment(tx: &mut Tx, user: &User, event: EventId) -> Result<Option<CommentId>> {
    let first = comments::list(tx, &user.into(), event, &crate::http::paging::Paging::first(1));
    match first {
        Ok(page) => Ok(page.rows.first().map(|comment| comment.id)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(err) => Err(err),
    }
}

/// Not everybody finds a seat, or may see everything: so it is on a real site.
fn passing<T>(done: Result<T>) -> Result<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(Error::Conflict { .. } | Error::NotFound(_)) => Ok(None),
        Err(err) => Err(err),
    }
}

/// Does `work` for every item, a batch a transaction.
pub async fn in_batches<I, T>(
    db: &Db,
    what: &'static str,
    items: Vec<I>,
    work: impl Fn(&mut Tx, &I) -> Result<T> + Copy + Send + Sync + 'static,
) -> anyhow::Result<Vec<T>>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
{
    let bar = ProgressBar::new(items.len() as u64).with_message(what);
    bar.set_style(ProgressStyle::with_template("{msg:>24} {wide_bar} {pos}/{len} {eta}")?);
    let items = Arc::new(items);
    let mut done = Vec::with_capacity(items.len());
    for start in (0..items.len()).step_by(BATCH) {
        let batch = items.clone();
        let rows = move |tx: &mut Tx| {
            batch.iter().skip(start).take(BATCH).map(|item| work(tx, item)).collect()
        };
        let rows: Vec<T> = db.write(rows).await?;
        bar.inc(rows.len() as u64);
        done.extend(rows);
    }
    bar.finish_and_clear();
    Ok(done)
}
