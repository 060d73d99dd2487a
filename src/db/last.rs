//! What writes leave for the end of their commit.

use std::any::Any;

use diesel::QueryResult;

use super::Conn;

/// What nobody reads before the commit, and what is quicker done for many at once: an index of words,
/// for one, writes what it has whenever a statement begins that it might have to undo.
///
/// On SQLite that is after all the writes that share the commit, so what it is about may be gone by
/// then; and if it fails, none of them is kept.
pub trait AtTheEnd: Send + Sized + 'static {
    /// Does it for all that was left, in the order in which it was left.
    fn finish(conn: &mut Conn, left: Vec<Self>) -> QueryResult<()>;
}

/// What is left so far.
#[derive(Default)]
pub struct Left(Vec<Box<dyn Kind>>);

/// All that was left of one kind.
trait Kind: Send {
    fn items(&mut self) -> &mut dyn Any;

    fn move_to(self: Box<Self>, left: &mut Left);

    fn finish(self: Box<Self>, conn: &mut Conn) -> QueryResult<()>;
}

impl<T: AtTheEnd> Kind for Vec<T> {
    fn items(&mut self) -> &mut dyn Any {
        self
    }

    fn move_to(self: Box<Self>, left: &mut Left) {
        left.extend(*self);
    }

    fn finish(self: Box<Self>, conn: &mut Conn) -> QueryResult<()> {
        T::finish(conn, *self)
    }
}

impl Left {
    pub fn push<T: AtTheEnd>(&mut self, item: T) {
        self.extend(vec![item]);
    }

    fn extend<T: AtTheEnd>(&mut self, more: Vec<T>) {
        match self.0.iter_mut().find_map(|kind| kind.items().downcast_mut::<Vec<T>>()) {
            Some(items) => items.extend(more),
            None => self.0.push(Box::new(more)),
        }
    }

    /// Goes on with what another write has left.
    pub fn append(&mut self, other: Self) {
        for kind in other.0 {
            kind.move_to(self);
        }
    }

    pub fn finish(self, conn: &mut Conn) -> QueryResult<()> {
        self.0.into_iter().try_for_each(|kind| kind.finish(conn))
    }
}
