//! The one place that decides who may see an event, as a condition on a query over events.

use diesel::sql_types::Bool;

use crate::db::{Worded, Wording, fragment, worded};
use crate::users::{UserId, Viewer};
use crate::words::Condition;

/// What everybody may see who has its address.
macro_rules! by_all {
    () => {
        "events.status <> 'draft' and events.visibility <> 'group' and not exists (select 1 from \
         groups where groups.id = events.group_id and groups.visibility = 'private')"
    };
}

/// How much of the events a caller may see.
pub enum Sight {
    /// Every one.
    All,
    /// What everybody may.
    Anybody(Worded<ByAnybody, 0>),
    /// What somebody may.
    Somebody(Worded<BySomebody, 2>),
}

/// What everybody may see.
#[derive(Clone, Copy, Debug)]
pub struct ByAnybody;

impl Wording for ByAnybody {
    type Kind = Bool;

    const SQL: &'static [&'static str] = &[concat!("(", by_all!(), ")")];
}

/// What somebody may see.
#[derive(Clone, Copy, Debug)]
pub struct BySomebody;

impl Wording for BySomebody {
    type Kind = Bool;

    const SQL: &'static [&'static str] = &[
        concat!("(", by_all!(), " or events.creator_id = "),
        " or exists (select 1 from memberships where memberships.group_id = events.group_id \
         and (events.status <> 'draft' or memberships.role <> 'member') \
         and memberships.user_id = ",
        "))",
    ];
}

/// What is in the lists that anyone may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Listed;

impl Wording for Listed {
    type Kind = Bool;

    const SQL: &'static [&'static str] =
        &[concat!("(events.visibility = 'public' and ", by_all!(), ")")];
}

/// Whether a caller may see an event.
///
/// Its creator and those who look after the site see it always; admins of its group, too; members
/// of its group, unless it is a draft; others, unless it is a draft, for its group alone, or of a
/// private group.
pub fn sight(viewer: &Viewer) -> Sight {
    match viewer.id() {
        _ if viewer.is_admin() => Sight::All,
        None => Sight::Anybody(worded([])),
        Some(user) => Sight::Somebody(worded([user.0, user.0])),
    }
}

/// The same, for a query that is put together as it is asked.
pub fn visible_to<From>(viewer: &Viewer) -> Condition<From>
where
    From: 'static,
{
    match sight(viewer) {
        Sight::All => Box::new(fragment::<Bool>("true")),
        Sight::Anybody(seen) => Box::new(seen),
        Sight::Somebody(seen) => Box::new(seen),
    }
}

/// Whether an event is in the lists that anyone may ask for: public, and what everybody may see.
pub fn in_lists() -> Worded<Listed, 0> {
    worded([])
}

/// The same, for a query that is put together as it is asked.
pub fn listed<From>() -> Condition<From>
where
    From: 'static,
{
    Box::new(in_lists())
}

/// Whether a caller finds an event among those of the groups that they follow or belong to: who only
/// follows does not find what one has to know the address of.
pub fn followed_by<From>(user: UserId) -> Condition<From>
where
    From: 'static,
{
    Box::new(
        fragment::<Bool>("(events.visibility <> 'unlisted' or events.creator_id = ")
            .int(user.0)
            .sql(
                " or exists (select 1 from memberships where memberships.group_id = \
                 events.group_id and memberships.user_id = ",
            )
            .int(user.0)
            .sql("))"),
    )
}
