-- What was asked under which Idempotency-Key, and what was answered: kept for a day.
create table idempotency_keys (
    -- A digest of whose key it is, and of the key.
    id text primary key,
    -- A digest of what was asked.
    fingerprint text not null,
    -- Until when the first request may take, while it has no answer.
    running_until timestamp not null,
    status bigint,
    location text,
    -- The body of the answer, sealed with the key, which is not here.
    body bytea,
    created_at timestamp not null
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
