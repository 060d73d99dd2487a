-- The words of each event, in the order of their starts: the rowid is the second of the start since 1900,
-- and then the id, as src/words/place.rs puts it together.
drop trigger events_take_their_words;
drop table event_words;
create virtual table event_words using fts5 (
    words, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger events_take_their_words after delete on events when old.id < 1073741824
begin
    delete from event_words where rowid =
        (max(0, min(17179869183, unixepoch(old.starts_at) + 2208988801)) - 8589934592) * 1073741824 + old.id;
end;
create trigger events_take_their_words_along after update of starts_at on events
when old.starts_at <> new.starts_at and old.id < 1073741824
begin
    delete from event_words where rowid =
        (max(0, min(17179869183, unixepoch(old.starts_at) + 2208988801)) - 8589934592) * 1073741824 + old.id;
end;

-- All words of events, to find those that begin in some way.
create table event_terms (term text primary key) without rowid;

-- And those of groups and people, whose titles are marked now, too.
drop trigger groups_take_their_words;
drop table group_words;
create virtual table group_words using fts5 (
    words, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger groups_take_their_words after delete on groups
begin
    delete from group_words where rowid = old.id;
end;
drop trigger users_take_their_words;
drop table user_words;
create virtual table user_words using fts5 (
    words, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger users_take_their_words after delete on users
begin
    delete from user_words where rowid = old.id;
end;

-- The server finds all of them anew as it starts.
update events set words_version = 0;
update groups set words_version = 0;
update users set words_version = 0;
