//! What every request can reach.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use chrono_tz::Tz;

use crate::address;
use crate::db::Db;
use crate::http::limits::Limits;
use crate::http::page;
use crate::kept::Kept;
use crate::kept::made::Made;
use crate::mail::Post;
use crate::secret::Secret;
use crate::storage::Storage;
use crate::work::{Crew, Places};

/// The running site. Cheap to clone; a handler asks for it by naming it.
#[derive(Clone, FromRequestParts)]
#[from_request(via(State))]
pub struct App(Arc<Parts>);

/// What the site is made of.
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Where the bytes of pictures lie.
    pub storage: Storage,
    /// Whom letters are given to.
    pub post: Post,
    /// What distinguishes this site from others.
    pub site: Arc<Site>,
    /// Who hashes passwords.
    pub hashers: Crew,
    /// Who unpacks and shrinks pictures.
    pub retouchers: Crew,
    /// Who draws the cards of events.
    pub painters: Crew,
    /// The cards that were drawn.
    pub cards: Made,
    /// How much one client may ask for.
    pub limits: Limits,
    /// What was read a moment ago, for everybody.
    pub kept: Kept,
    /// A place for each upload that is on its way in.
    pub uploads: Places,
}

/// What distinguishes one site from another.
pub struct Site {
    /// What it is called.
    pub name: String,
    /// Where people reach it: no slash at the end.
    pub url: String,
    /// The zone of events and people that name none.
    pub timezone: Tz,
    /// Signs sign-ins.
    pub secret: Secret,
    /// Where the pieces of maps come from, if anywhere: an address with `{z}`, `{x}` and `{y}` in it.
    pub tiles: Option<String>,
    /// Whom a map of such pieces is owed to.
    pub tiles_credit: String,
    /// Origins whose scripts may call the API, or `*`.
    pub cors_origins: String,
}

/// Password hashes that may wait for a processor. At some 50 ms each it is a few seconds' worth.
const WAITING_HASHES: usize = 128;

/// Pictures that are unpacked at once, each of them in up to half a gigabyte.
const UNPACKED: usize = 2;

/// Pictures that may wait for that, and uploads that may be on their way in: one picture each.
const UPLOADS: usize = 32;

/// Cards that may wait to be drawn.
const WAITING_CARDS: usize = 8;

impl App {
    /// A site on a database, with a storage for its pictures and a way for its letters, and with or
    /// without limits.
    pub fn new(db: Db, storage: Storage, post: Post, limits: Limits, site: Site) -> Self {
        address::settle(&site.url);
        if let Some(tiles) = site.tiles.as_deref().and_then(|it| url::Url::parse(it).ok()) {
            page::settle_tiles(&tiles.origin().ascii_serialization());
        }
        Self(Arc::new(Parts {
            db,
            storage,
            post,
            painters: Crew::with_hands(1, WAITING_CARDS),
            cards: Made::default(),
            limits,
            site: Arc::new(site),
            hashers: Crew::new(WAITING_HASHES),
            retouchers: Crew::with_hands(UNPACKED, UPLOADS),
            kept: Kept::default(),
            uploads: Places::new(UPLOADS),
        }))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
