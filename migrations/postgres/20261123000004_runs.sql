-- The text of a message is written by its run.
create index message_run on message (run_id);

-- Servers that share the database, while they are there. A fingerprint tells that two values differ, not what they are.
create table node (
  instance text primary key,
  name text not null,
  version text not null,
  fingerprints text not null,
  seen_at bigint not null
);
