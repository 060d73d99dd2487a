create table tags (
    id integer primary key autoincrement,
    name text not null unique
) strict;

create table event_tags (
    tag_id integer not null references tags (id),
    event_id integer not null references events (id) on delete cascade,
    primary key (tag_id, event_id)
) strict, without rowid;
create index event_tags_by_event on event_tags (event_id);

-- The events that are there already have their tags in a column, as a JSON array.
insert into tags (name)
    select distinct word.value from events, json_each(events.tags) word order by 1;
insert into event_tags (tag_id, event_id)
    select tags.id, events.id from events, json_each(events.tags) word
    inner join tags on tags.name = word.value;

create index events_by_place on events (latitude, longitude);
