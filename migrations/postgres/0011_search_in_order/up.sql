-- PostgreSQL finds words as before; only SQLite has them in another order now.
select 1;
