-- Most events are no group's, have no place on the map and last a day: those need no entry where only the
-- others are looked for.
drop index events_by_group;
create index events_by_group on events (group_id, starts_at, id) where group_id is not null;
drop index events_by_place;
create index events_by_place on events (latitude, longitude) where latitude is not null;
drop index events_by_days;
create index events_by_days on events (days) where days > 0;
-- Nearly all have words of the newest make. Whoever counts words::VERSION up, makes this anew.
drop index events_by_words_version;
create index events_by_words_version on events (words_version) where words_version < 3;
