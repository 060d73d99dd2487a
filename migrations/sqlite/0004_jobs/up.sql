-- Work for later: one row for each kind of it and what it is done to.
create table jobs (
    id integer primary key autoincrement,
    kind text not null,
    subject text not null,
    -- Not before this.
    run_at text not null,
    -- Until when somebody does it, or did before their server died.
    claimed_until text,
    -- Whether it was noted once more while somebody did it.
    is_wanted_again integer not null default false,
    attempts integer not null default 0,
    -- What went wrong the last time, and since when nobody tries any more.
    error text,
    failed_at text,
    created_at text not null,
    unique (kind, subject)
) strict;
create index jobs_by_time on jobs (run_at, id) where failed_at is null;
