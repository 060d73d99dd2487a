-- The words of each event, folded by src/words.rs, with their places; those of the title are A.
create table event_words (
    event_id bigint primary key references events (id) on delete cascade,
    words tsvector not null
);
create index event_words_by_word on event_words using gin (words);

-- Which way of folding made the words of an event; 0 is none yet. The server catches up as it starts.
alter table events add column words_version bigint not null default 0;
create index events_by_words_version on events (words_version);
