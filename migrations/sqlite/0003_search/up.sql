-- The words of each event, folded by src/words.rs: an index, and no text of its own.
create virtual table event_words using fts5 (
    title, body, content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mc'"
);
create trigger events_take_their_words after delete on events
begin
    delete from event_words where rowid = old.id;
end;

-- Which way of folding made the words of an event; 0 is none yet. The server catches up as it starts.
alter table events add column words_version integer not null default 0;
create index events_by_words_version on events (words_version);
