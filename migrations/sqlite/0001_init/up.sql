create table users (
    id integer primary key autoincrement,
    username text not null,
    username_key text not null unique,
    email text not null,
    email_key text not null unique,
    password_hash text not null,
    display_name text not null,
    bio text not null,
    timezone text not null,
    is_admin integer not null default false,
    created_at text not null,
    updated_at text not null
) strict;

create table sessions (
    id integer primary key autoincrement,
    user_id integer not null references users (id) on delete cascade,
    generation integer not null default 1,
    created_at text not null,
    used_at text not null,
    expires_at text not null
) strict;
create index sessions_by_user on sessions (user_id, id);

create table groups (
    id integer primary key autoincrement,
    owner_id integer not null references users (id),
    name text not null,
    description text not null,
    visibility text not null,
    member_count integer not null default 0,
    created_at text not null,
    updated_at text not null
) strict;
create index groups_by_owner on groups (owner_id);

create table memberships (
    group_id integer not null references groups (id) on delete cascade,
    user_id integer not null references users (id),
    role text not null,
    created_at text not null,
    primary key (group_id, user_id)
) strict, without rowid;
create index memberships_by_user on memberships (user_id, group_id);
create index memberships_by_age on memberships (group_id, created_at, user_id);

create table events (
    id integer primary key autoincrement,
    creator_id integer not null references users (id),
    group_id integer references groups (id) on delete set null,
    title text not null,
    description text not null,
    location text not null,
    latitude real,
    longitude real,
    url text not null,
    start_date text not null,
    end_date text not null,
    start_time text,
    end_time text,
    timezone text not null,
    starts_at text not null,
    ends_at text not null,
    -- How many days from start_date to end_date: what bounds a search for events that overlap a range.
    days integer not null,
    status text not null,
    visibility text not null,
    -- Whether it is in the lists that anyone may ask for, as far as the event itself is concerned.
    listed integer not null,
    capacity integer,
    tags text not null,
    interested_count integer not null default 0,
    going_count integer not null default 0,
    -- interested_count + going_count: what "popular" orders by.
    popularity integer not null default 0,
    comment_count integer not null default 0,
    created_at text not null,
    updated_at text not null
) strict;
create index events_by_start on events (listed, starts_at, id);
create index events_by_creation on events (listed, created_at, id);
create index events_by_popularity on events (listed, popularity, id);
create index events_by_creator on events (creator_id, starts_at, id);
create index events_by_group on events (group_id, starts_at, id);
create index events_by_days on events (days);

-- An event never becomes visible to more people because its group went away.
create trigger groups_keep_secrets before delete on groups when old.visibility = 'private'
begin
    update events set visibility = 'group', listed = false where group_id = old.id;
end;

create table interests (
    event_id integer not null references events (id) on delete cascade,
    user_id integer not null references users (id),
    status text not null,
    created_at text not null,
    primary key (event_id, user_id)
) strict, without rowid;
create index interests_by_user on interests (user_id, event_id);
create index interests_by_event on interests (event_id, created_at, user_id);

create table comments (
    id integer primary key autoincrement,
    event_id integer not null references events (id) on delete cascade,
    -- Nobody, once the comment is deleted and only its answers keep its place.
    author_id integer references users (id),
    parent_id integer references comments (id) on delete cascade,
    body text not null,
    like_count integer not null default 0,
    edited integer not null default false,
    created_at text not null,
    updated_at text not null
) strict;
create index comments_by_event on comments (event_id, id);
create index comments_by_author on comments (author_id, id);
create index comments_by_parent on comments (parent_id, id);

create table likes (
    comment_id integer not null references comments (id) on delete cascade,
    user_id integer not null references users (id),
    created_at text not null,
    primary key (comment_id, user_id)
) strict, without rowid;
create index likes_by_user on likes (user_id, comment_id);
