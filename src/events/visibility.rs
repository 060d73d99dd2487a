//! The one place that decides who may see an event, as a condition on a query over events.

use diesel::sql_types::Bool;

use crate::db::fragment;
use crate::users::{UserId, Viewer};
use crate::words::Condition;

/// What everybody may see who has its address.
const BY_ALL: &str = "events.status <> 'draft' and events.visibility <> 'group' and not exists \
                      (select 1 from groups where groups.id = events.group_id \
                      and groups.visibility = 'private')";

/// Whether a caller may see an event.
///
/// Its creator and those who look after the site see it always; admins of its group, too; members
/// of its group, unless it is a draft; others, unless it is a draft, for its group alone, or of a
/// private group.
pub fn visible_to<From>(viewer: &Viewer) -> Condition<From>
where
    From: 'static,
{
    if viewer.is_admin() {
        return Box::new(fragment::<Bool>("true"));
    }
    let Some(user) = viewer.id() else { return Box::new(fragment::<Bool>(format!("({BY_ALL})"))) };
    Box::new(
        fragment::<Bool>(format!("({BY_ALL} or events.creator_id = "))
            .int(user.0)
            .sql(
                " or exists (select 1 from memberships where memberships.group_id = \
                 events.group_id and (events.status <> 'draft' or memberships.role <> 'member') \
                 and memberships.user_id = ",
            )
            .int(user.0)
            .sql("))"),
    )
}

/// Whether an event is in the lists that anyone may ask for: public, and what everybody may see.
pub fn listed<From>() -> Condition<From>
where
    From: 'static,
{
    Box::new(fragment::<Bool>(format!("(events.visibility = 'public' and {BY_ALL})")))
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
