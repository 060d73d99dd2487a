-- What the browser calls itself that a session is in; empty for the sessions of programs.
alter table sessions add column user_agent text not null default '';
