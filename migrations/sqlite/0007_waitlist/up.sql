-- How many seats those who are going take, their guests counted.
alter table events add column seats_taken integer not null default 0;
-- The rules of taking part, as JSON: until when, in which order, and who sees the guest list.
alter table events add column rsvp text not null default '{}';
update events set seats_taken = going_count;

-- How many somebody brings along.
alter table interests add column guests integer not null default 0;
-- The place in line of who waits, or waited and may come back: the smaller, the sooner.
alter table interests add column line integer;
create index interests_by_line on interests (event_id, line) where line is not null;
