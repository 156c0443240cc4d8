-- Accounts and their sessions. Times are milliseconds since 1970 (UTC) everywhere: one bigint type means the same on
-- every database and sorts. Identifiers are UUIDs as text for the same reason.
create table app_user (
  user_id text primary key,
  name text not null,
  -- The name folded to lower case: what must be unique and what log-in looks up.
  name_key text not null,
  password_hash text not null,
  role text not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint app_user_name_key unique (name_key),
  constraint app_user_role check (role in ('member', 'administrator'))
);

create table session (
  -- SHA-256 of the token: a stolen database opens no session.
  token_hash bytea primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null
);

create index session_user_id on session (user_id);
create index session_expires on session (expires_at);
