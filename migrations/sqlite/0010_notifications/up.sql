-- Since when it is known that somebody reads what is sent to their address.
alter table users add column email_verified_at text;

-- What somebody should know of.
create table notifications (
    id integer primary key autoincrement,
    user_id integer not null references users (id) on delete cascade,
    kind text not null,
    -- Who caused it, while they have an account.
    actor_id integer references users (id) on delete set null,
    -- What it is about: it goes with it.
    event_id integer references events (id) on delete cascade,
    group_id integer references groups (id) on delete cascade,
    comment_id integer references comments (id) on delete cascade,
    -- The invitation, or the announcement: the kind says which.
    subject_id integer,
    -- What the event or the group was called then.
    title text not null,
    -- What else there is to say, such as what has changed.
    detail text not null,
    -- Whether it is in the list, and not only in a letter.
    is_shown integer not null,
    -- Whether a letter about it is still to be written, and when one was.
    is_to_be_mailed integer not null,
    mailed_at text,
    read_at text,
    created_at text not null
) strict;
create index notifications_by_user on notifications (user_id, id);
create index notifications_to_be_mailed on notifications (user_id, id) where is_to_be_mailed;
create index notifications_mailed on notifications (user_id, mailed_at) where mailed_at is not null;
create index notifications_unread on notifications (user_id, id) where is_shown and read_at is null;
create index notifications_by_actor on notifications (actor_id) where actor_id is not null;
create index notifications_by_event on notifications (event_id) where event_id is not null;
create index notifications_by_group on notifications (group_id, kind, subject_id) where group_id is not null;
create index notifications_by_comment on notifications (comment_id) where comment_id is not null;
create index notifications_hidden on notifications (id) where not is_shown;
create index notifications_by_age on notifications (created_at);
create index notifications_read_by_age on notifications (created_at) where read_at is not null;

-- What somebody wants to know of, and how, where it is not the usual.
create table notification_settings (
    user_id integer not null references users (id) on delete cascade,
    kind text not null,
    in_app integer not null,
    by_mail integer not null,
    primary key (user_id, kind)
) strict, without rowid;
