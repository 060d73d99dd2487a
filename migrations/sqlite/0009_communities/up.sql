-- How many follow it.
alter table groups add column follower_count integer not null default 0;

-- Who follows which group: nobody else sees it.
create table follows (
    group_id integer not null references groups (id) on delete cascade,
    user_id integer not null references users (id) on delete cascade,
    created_at text not null,
    primary key (group_id, user_id)
) strict, without rowid;
create index follows_by_user on follows (user_id, group_id);

-- Whom the admins of a group keep out.
create table bans (
    group_id integer not null references groups (id) on delete cascade,
    user_id integer not null references users (id) on delete cascade,
    -- Who did it.
    actor_id integer references users (id) on delete set null,
    reason text not null,
    created_at text not null,
    primary key (group_id, user_id)
) strict, without rowid;
create index bans_by_age on bans (group_id, created_at, user_id);
create index bans_by_user on bans (user_id, group_id);
create index bans_by_actor on bans (actor_id) where actor_id is not null;

-- Who may join, until when: somebody, whoever reads letters at an address, or whoever has the link.
create table invitations (
    id integer primary key autoincrement,
    group_id integer not null references groups (id) on delete cascade,
    inviter_id integer references users (id) on delete set null,
    user_id integer references users (id) on delete cascade,
    email text,
    email_key text,
    role text not null,
    created_at text not null,
    expires_at text not null,
    check (user_id is null or email is null),
    check ((email is null) = (email_key is null))
) strict;
create index invitations_by_group on invitations (group_id, id);
create unique index invitations_to_user on invitations (group_id, user_id) where user_id is not null;
create unique index invitations_to_email on invitations (group_id, email_key) where email_key is not null;
create index invitations_by_user on invitations (user_id, id) where user_id is not null;
create index invitations_by_inviter on invitations (inviter_id) where inviter_id is not null;
create index invitations_by_expiry on invitations (expires_at);

-- Who asks to be let into a closed group.
create table join_requests (
    group_id integer not null references groups (id) on delete cascade,
    user_id integer not null references users (id) on delete cascade,
    message text not null,
    created_at text not null,
    primary key (group_id, user_id)
) strict, without rowid;
create index join_requests_by_age on join_requests (group_id, created_at, user_id);
create index join_requests_by_user on join_requests (user_id, group_id);

-- What the admins of a group tell its members.
create table announcements (
    id integer primary key autoincrement,
    group_id integer not null references groups (id) on delete cascade,
    author_id integer references users (id) on delete set null,
    title text not null,
    body text not null,
    created_at text not null
) strict;
create index announcements_by_group on announcements (group_id, id);
create index announcements_by_author on announcements (author_id, id) where author_id is not null;

-- What was done to a group, and by whom. It outlives those who did it, and those it was done to.
create table group_deeds (
    id integer primary key autoincrement,
    group_id integer not null references groups (id) on delete cascade,
    actor_id integer references users (id) on delete set null,
    action text not null,
    -- Whom it was done to.
    user_id integer references users (id) on delete set null,
    detail text not null,
    created_at text not null
) strict;
create index group_deeds_by_group on group_deeds (group_id, id);
create index group_deeds_by_actor on group_deeds (actor_id) where actor_id is not null;
create index group_deeds_by_user on group_deeds (user_id) where user_id is not null;
