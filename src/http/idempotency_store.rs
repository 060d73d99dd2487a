use diesel::prelude::*;

use super::idempotency::{Answer, Known};
use crate::clock::Instant;
use crate::db::Tx;
use crate::schema::idempotency_keys;
use crate::{each, lock};

type Kept = (String, Instant, Option<i64>, Option<String>, Option<Vec<u8>>);

/// Notes that a request is under way, unless something is known under its key.
pub fn claim(
    tx: &mut Tx,
    id: &str,
    fingerprint: &str,
    now: Instant,
    until: Instant,
) -> QueryResult<Known> {
    let new = (
        idempotency_keys::id.eq(id),
        idempotency_keys::fingerprint.eq(fingerprint),
        idempotency_keys::running_until.eq(until),
        idempotency_keys::created_at.eq(now),
    );
    let is_first = each!(tx.conn(), |conn| diesel::insert_into(idempotency_keys::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(conn))?;
    if is_first == 1 {
        return Ok(Known::Nothing);
    }
    lock!(tx.conn(), idempotency_keys::table.find(id), idempotency_keys::id)?;
    let kept: Option<Kept> = idempotency_keys::table
        .find(id)
        .select((
            idempotency_keys::fingerprint,
            idempotency_keys::running_until,
            idempotency_keys::status,
            idempotency_keys::location,
            idempotency_keys::body,
        ))
        .first(tx.conn())
        .optional()?;
    // It was there a moment ago: whoever asked has just given up.
    let Some((known, running_until, status, location, body)) = kept else {
        return Ok(Known::Running);
    };
    match status {
        _ if known != fingerprint => Ok(Known::Other),
        Some(status) => {
            Ok(Known::Answered(Answer { status, location, body: body.unwrap_or_default() }))
        }
        None if running_until > now => Ok(Known::Running),
        None => {
            diesel::update(idempotency_keys::table.find(id))
                .set(idempotency_keys::running_until.eq(until))
                .execute(tx.conn())?;
            Ok(Known::Nothing)
        }
    }
}

/// Keeps an answer, if there is none yet.
pub fn finish(tx: &mut Tx, id: &str, answer: &Answer) -> QueryResult<bool> {
    let open = idempotency_keys::table.find(id).filter(idempotency_keys::status.is_null());
    diesel::update(open)
        .set((
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::location.eq(&answer.location),
            idempotency_keys::body.eq(&answer.body),
        ))
        .execute(tx.conn())
        .map(|rows| rows == 1)
}

/// Lets another request try.
pub fn release(tx: &mut Tx, id: &str) -> QueryResult<()> {
    let open = idempotency_keys::table.find(id).filter(idempotency_keys::status.is_null());
    diesel::delete(open).execute(tx.conn()).map(drop)
}

pub fn delete_older(tx: &mut Tx, id: &str, than: Instant) -> QueryResult<()> {
    let old = idempotency_keys::table.find(id).filter(idempotency_keys::created_at.lt(than));
    diesel::delete(old).execute(tx.conn()).map(drop)
}

pub fn sweep(tx: &mut Tx, than: Instant) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(than)))
        .execute(tx.conn())
        .map(drop)
}
