-- The words of each group and of everybody's names, as event_words has those of events.
create table group_words (
    group_id bigint primary key references groups (id) on delete cascade,
    words tsvector not null
);
create index group_words_by_word on group_words using gin (words);

create table user_words (
    user_id bigint primary key references users (id) on delete cascade,
    words tsvector not null
);
create index user_words_by_word on user_words using gin (words);

-- Which way of folding made these words; 0 is none yet. The server catches up as it starts.
alter table groups add column words_version bigint not null default 0;
create index groups_by_words_version on groups (words_version);
alter table users add column words_version bigint not null default 0;
create index users_by_words_version on users (words_version);
