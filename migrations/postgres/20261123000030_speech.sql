-- Voice: how much of a message was spoken, and how much of an answer was made into sound.
alter table message add column heard_ms bigint not null default 0;
alter table message add column spoken_chars bigint not null default 0;

-- What a person prefers; JSON, because it is only ever read whole.
create table speech_settings (
  user_id text primary key references app_user (user_id) on delete cascade,
  settings text not null,
  updated_at bigint not null
);

-- How long a recording was listened to, until a message is made of its words and takes that over. The words are nowhere.
create table transcription (
  transcription_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  heard_ms bigint not null,
  created_at bigint not null
);

create index transcription_age on transcription (created_at);

-- Sound that need not be made again: its bytes lie in the store, in a corner of their own. The key is a hash of whose voice
-- says what.
create table speech_cache (
  user_id text not null references app_user (user_id) on delete cascade,
  sound_key text not null,
  blob_key text not null,
  size_bytes bigint not null,
  created_at bigint not null,
  last_used_at bigint not null,
  primary key (user_id, sound_key)
);

create index speech_cache_used on speech_cache (last_used_at);
create index speech_cache_blob on speech_cache (blob_key);
