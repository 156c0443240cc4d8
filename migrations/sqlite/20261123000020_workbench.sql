-- What OpenAI and Azure offer a conversation: files, settings, structured output, threads, assistants, tokens.
alter table tool add column features text not null default '{}';

-- How a conversation asks, and the provider's own thread of it: JSON, because they are only ever read whole.
alter table conversation add column settings text not null default '{}';
alter table conversation add column thread text;

-- The files of a person's message as they were when it was sent; what an answer brings besides its text; the shape it was
-- asked for in.
alter table message add column attachments text not null default '[]';
alter table message add column extras text not null default '{}';
alter table message add column output text;

alter table run add column reasoning_tokens integer;

-- A file's bytes are in the store under its blob key.
create table file (
  file_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  name text not null,
  -- The name folded to lower case, for search.
  name_key text not null,
  media_type text not null,
  kind text not null,
  size_bytes integer not null,
  width integer,
  height integer,
  sha256 text not null,
  blob_key text not null,
  -- Where the text that was read out of it is kept, once it was.
  text_blob_key text,
  origin text not null,
  created_at integer not null,
  constraint file_origin check (origin in ('upload', 'answer'))
);

create index file_user on file (user_id, created_at);

-- What a provider calls a file that it was given; `rendition` tells versions of one picture apart.
create table provider_file (
  file_id text not null references file (file_id) on delete cascade,
  provider text not null,
  rendition text not null,
  remote_id text not null,
  expires_at integer,
  created_at integer not null,
  primary key (file_id, provider, rendition)
);

create table preset (
  preset_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  name text not null,
  settings text not null,
  is_default boolean not null,
  created_at integer not null,
  updated_at integer not null,
  constraint preset_name unique (user_id, name)
);

create table saved_schema (
  schema_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  name text not null,
  schema text not null,
  is_strict boolean not null,
  created_at integer not null,
  updated_at integer not null,
  constraint saved_schema_name unique (user_id, name)
);

-- An assistant's versions stay, because conversations go on with the one they began with.
create table assistant (
  assistant_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  name text not null,
  name_key text not null,
  version integer not null,
  is_shared boolean not null default false,
  is_deleted boolean not null default false,
  created_at integer not null,
  updated_at integer not null
);

create index assistant_user on assistant (user_id, updated_at);

create table assistant_version (
  assistant_id text not null references assistant (assistant_id) on delete cascade,
  version integer not null,
  definition text not null,
  created_at integer not null,
  primary key (assistant_id, version)
);

create table api_token (
  token_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  name text not null,
  -- SHA-256 of the token: a stolen database opens no door.
  token_hash blob not null,
  scopes text not null,
  created_at integer not null,
  last_used_at integer,
  expires_at integer,
  revoked_at integer,
  constraint api_token_hash unique (token_hash)
);

create index api_token_user on api_token (user_id);
