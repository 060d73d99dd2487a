//! What every request can reach.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use chrono_tz::Tz;

use crate::db::Db;
use crate::secret::Secret;
use crate::work::Crew;

/// The running site. Cheap to clone; a handler asks for it by naming it.
#[derive(Clone, FromRequestParts)]
#[from_request(via(State))]
pub struct App {
    /// The database.
    pub db: Db,
    /// What distinguishes this site from others.
    pub site: Arc<Site>,
    /// Who hashes passwords.
    pub hashers: Crew,
}

/// What distinguishes one site from another.
pub struct Site {
    /// Where people reach it: no slash at the end.
    pub url: String,
    /// The zone of events and people that name none.
    pub timezone: Tz,
    /// Signs sign-ins.
    pub secret: Secret,
    /// Origins whose scripts may call the API, or `*`.
    pub cors_origins: String,
}

/// Password hashes that may wait for a processor. At some 50 ms each it is a few seconds' worth.
const WAITING_HASHES: usize = 128;

impl App {
    /// A site on a database.
    pub fn new(db: Db, site: Site) -> Self {
        Self { db, site: Arc::new(site), hashers: Crew::new(WAITING_HASHES) }
    }
}
