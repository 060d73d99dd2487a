use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Job, JobId, Kind, Listed};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::schema::jobs;
use crate::{each, lock};

pub fn enqueue(
    tx: &mut Tx,
    kind: Kind,
    subject: &str,
    run_at: Instant,
    now: Instant,
) -> QueryResult<()> {
    let new = (
        jobs::kind.eq(kind),
        jobs::subject.eq(subject),
        jobs::run_at.eq(run_at),
        jobs::created_at.eq(now),
    );
    each!(tx.conn(), |conn| diesel::insert_into(jobs::table)
        .values(new)
        .on_conflict((jobs::kind, jobs::subject))
        .do_update()
        .set((
            jobs::run_at.eq(excluded(jobs::run_at)),
            jobs::is_wanted_again.eq(true),
            jobs::attempts.eq(0),
            jobs::error.eq(None::<String>),
            jobs::failed_at.eq(None::<Instant>),
        ))
        .execute(conn)
        .map(drop))
}

pub fn cancel(tx: &mut Tx, kind: Kind, subject: &str) -> QueryResult<()> {
    let idle = jobs::table.filter(jobs::claimed_until.is_null());
    diesel::delete(idle.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(subject)))
        .execute(tx.conn())
        .map(drop)
}

/// Asked with the row locked, if there is one.
pub fn is_under_way(tx: &mut Tx, kind: Kind, subject: &str, now: Instant) -> QueryResult<bool> {
    let noted = || jobs::table.filter(jobs::kind.eq(kind)).filter(jobs::subject.eq(subject));
    lock!(tx.conn(), noted(), jobs::id)?;
    diesel::select(exists(noted().filter(jobs::claimed_until.ge(now)))).get_result(tx.conn())
}

pub fn list(conn: &mut Conn, limit: i64) -> QueryResult<Vec<Listed>> {
    Listed::query()
        .order((jobs::failed_at.is_null(), jobs::run_at, jobs::id))
        .limit(limit)
        .load(conn)
}

pub fn due(conn: &mut Conn, now: Instant, limit: i64) -> QueryResult<Vec<JobId>> {
    jobs::table
        .filter(jobs::kind.eq_any(Kind::ALL))
        .filter(jobs::failed_at.is_null())
        .filter(jobs::run_at.le(now))
        .filter(jobs::claimed_until.is_null().or(jobs::claimed_until.lt(now)))
        .order((jobs::run_at, jobs::id))
        .limit(limit)
        .select(jobs::id)
        .load(conn)
}

/// The job, if nobody was quicker.
pub fn claim(tx: &mut Tx, id: JobId, now: Instant, until: Instant) -> QueryResult<Option<Job>> {
    let free = jobs::table
        .find(id)
        .filter(jobs::run_at.le(now))
        .filter(jobs::claimed_until.is_null().or(jobs::claimed_until.lt(now)));
    let claimed = diesel::update(free)
        .set((
            jobs::claimed_until.eq(until),
            jobs::attempts.eq(jobs::attempts + 1),
            jobs::is_wanted_again.eq(false),
        ))
        .execute(tx.conn())?;
    match claimed {
        0 => Ok(None),
        _ => Job::query().filter(jobs::id.eq(id)).first(tx.conn()).optional(),
    }
}

/// Strikes out what is done; what was wanted again meanwhile is to be done once more.
pub fn finish(tx: &mut Tx, id: JobId, until: Instant) -> QueryResult<()> {
    let ours = jobs::table.find(id).filter(jobs::claimed_until.eq(until));
    let gone = diesel::delete(ours.filter(jobs::is_wanted_again.eq(false))).execute(tx.conn())?;
    if gone == 0 {
        diesel::update(ours)
            .set((jobs::claimed_until.eq(None::<Instant>), jobs::attempts.eq(0)))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub fn postpone(
    tx: &mut Tx,
    id: JobId,
    until: Instant,
    at: Instant,
    why: Option<&str>,
) -> QueryResult<()> {
    diesel::update(jobs::table.find(id).filter(jobs::claimed_until.eq(until)))
        .set((
            jobs::claimed_until.eq(None::<Instant>),
            jobs::attempts.eq(0),
            jobs::run_at.eq(at),
            jobs::error.eq(why),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn fail(
    tx: &mut Tx,
    id: JobId,
    until: Instant,
    error: &str,
    next: Instant,
    failed_at: Option<Instant>,
) -> QueryResult<()> {
    let ours = jobs::table.find(id).filter(jobs::claimed_until.eq(until));
    let free =
        (jobs::claimed_until.eq(None::<Instant>), jobs::error.eq(error), jobs::run_at.eq(next));
    let once = diesel::update(ours.filter(jobs::is_wanted_again.eq(false)))
        .set((free, jobs::failed_at.eq(failed_at)))
        .execute(tx.conn())?;
    if once == 0 {
        // It was wanted again meanwhile, and that is a beginning.
        diesel::update(ours).set((free, jobs::attempts.eq(0))).execute(tx.conn())?;
    }
    Ok(())
}

pub fn retry(tx: &mut Tx, id: Option<JobId>, now: Instant) -> QueryResult<usize> {
    let again = (
        jobs::failed_at.eq(None::<Instant>),
        jobs::error.eq(None::<String>),
        jobs::attempts.eq(0),
        jobs::run_at.eq(now),
    );
    let failed = jobs::table.filter(jobs::failed_at.is_not_null());
    match id {
        Some(id) => diesel::update(failed.filter(jobs::id.eq(id))).set(again).execute(tx.conn()),
        None => diesel::update(failed).set(again).execute(tx.conn()),
    }
}
