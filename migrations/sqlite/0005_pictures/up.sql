-- What lies in the storage: the row is there before the bytes are, and until they are gone. The name
-- is the SHA-256 of the content.
create table files (
    name text primary key,
    content_type text not null,
    width integer not null,
    height integer not null,
    bytes integer not null,
    -- Whether its bytes are being thrown away.
    is_leaving integer not null default false,
    -- When somebody last brought it.
    brought_at text not null
) strict, without rowid;

create table images (
    id integer primary key autoincrement,
    file_name text not null references files (name),
    -- What it shows, for who does not see it.
    alt text not null,
    -- What it belongs to: somebody, a group, or an event; and there perhaps to a comment.
    user_id integer references users (id) on delete cascade,
    group_id integer references groups (id) on delete cascade,
    event_id integer references events (id) on delete cascade,
    comment_id integer references comments (id) on delete cascade,
    created_at text not null,
    check ((user_id is not null) + (group_id is not null) + (event_id is not null) = 1),
    check (comment_id is null or event_id is not null)
) strict;
create unique index images_by_user on images (user_id) where user_id is not null;
create unique index images_by_group on images (group_id) where group_id is not null;
create unique index images_by_event on images (event_id) where event_id is not null and comment_id is null;
create index images_by_event_and_comment on images (event_id, comment_id);
create index images_by_comment on images (comment_id, id) where comment_id is not null;
create index images_by_file on images (file_name, id);

-- However an image goes, somebody will look whether its file is needed still.
create trigger images_leave_their_files after delete on images
begin
    insert into jobs (kind, subject, run_at, created_at)
        values ('discard_file', old.file_name, '1970-01-01 00:00:00', strftime('%Y-%m-%d %H:%M:%f', 'now'))
        on conflict (kind, subject) do update
        set run_at = excluded.run_at, is_wanted_again = true, attempts = 0, error = null, failed_at = null;
end;

-- The names of these pictures' files, so that a list shows them without asking for each.
alter table users add column avatar text;
alter table groups add column image text;
alter table events add column thumbnail text;
