-- The words of each group and of everybody's names, as event_words has those of events.
create virtual table group_words using fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger groups_take_their_words after delete on groups
begin
    delete from group_words where rowid = old.id;
end;

create virtual table user_words using fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger users_take_their_words after delete on users
begin
    delete from user_words where rowid = old.id;
end;

-- Which way of folding made these words; 0 is none yet. The server catches up as it starts.
alter table groups add column words_version integer not null default 0;
create index groups_by_words_version on groups (words_version);
alter table users add column words_version integer not null default 0;
create index users_by_words_version on users (words_version);
