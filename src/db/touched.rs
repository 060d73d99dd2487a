//! SQLite tells which rows it writes, whoever asks it to: nobody has to remember to say so.
//!
//! It tells of no row that goes for another with the same key (`replace into`), nor of a table that
//! is emptied whole (`delete` without `where`): neither is done here. A row that is new is not noted:
//! nothing can have been made of it, and no id is given twice.
#![expect(unsafe_code, reason = "diesel does not hand out the connection that tells")]

use std::cell::RefCell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::null_mut;

use libsqlite3_sys::{SQLITE_INSERT, sqlite3, sqlite3_update_hook};

use crate::kept::{Changes, Row};

/// More rows than these are too many to tell.
const MOST: usize = 4096;

thread_local! {
    /// What was written on this thread. The last place is for what was too much.
    static ROWS: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

/// From now on, what a connection writes is noted on the thread that does it.
///
/// # Safety
///
/// `db` is an open connection.
pub unsafe fn note_rows(db: *mut sqlite3) {
    // SAFETY: the caller's; `on_update` needs nothing of its own.
    unsafe { sqlite3_update_hook(db, Some(on_update), null_mut()) };
}

unsafe extern "C" fn on_update(
    _nothing: *mut c_void,
    how: c_int,
    _database: *const c_char,
    table: *const c_char,
    row: i64,
) {
    if how == SQLITE_INSERT {
        return;
    }
    // SAFETY: SQLite hands over the name of the table, which is valid for the call.
    let table = unsafe { CStr::from_ptr(table) };
    let Some(row) = Row::of(table.to_bytes(), row) else { return };
    ROWS.with_borrow_mut(|rows| {
        if rows.len() <= MOST && rows.last() != Some(&row) {
            rows.push(row);
        }
    });
}

/// What was written on this thread since the last time that somebody asked.
pub fn take() -> Changes {
    let rows = ROWS.take();
    if rows.len() > MOST { Changes::Anything } else { Changes::Rows(rows) }
}
