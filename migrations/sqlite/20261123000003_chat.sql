-- Conversations are trees of messages; the leaf names the branch that is open. A message is one row and its text is only
-- ever rewritten while its own run is open, so that a long conversation costs no more to add to than a short one.
create table conversation (
  conversation_id text primary key,
  user_id text not null references app_user (user_id) on delete cascade,
  tool_slug text not null,
  title text not null,
  leaf_message_id text,
  created_at integer not null,
  updated_at integer not null
);

create index conversation_user on conversation (user_id, updated_at);

create table message (
  message_id text primary key,
  conversation_id text not null references conversation (conversation_id) on delete cascade,
  parent_message_id text references message (message_id) on delete cascade,
  author text not null,
  text text not null,
  -- The run that fills it, and the last of the run's events that the text holds: text and number change in one statement,
  -- so that a reader who takes both has a snapshot.
  run_id text,
  run_seq integer not null default 0,
  created_at integer not null,
  updated_at integer not null,
  constraint message_author check (author in ('user', 'assistant'))
);

create index message_conversation on message (conversation_id);
create index message_parent on message (parent_message_id);

-- A run is kept apart from its message: that it is alive is written often and must not get dearer as the text grows.
create table run (
  run_id text primary key,
  conversation_id text not null references conversation (conversation_id) on delete cascade,
  message_id text not null references message (message_id) on delete cascade,
  user_id text not null references app_user (user_id) on delete cascade,
  idempotency_key text not null,
  tool_slug text not null,
  -- The state as JSON, and whether it is an end; the end is written once.
  state text not null,
  is_ended boolean not null,
  is_stop_requested boolean not null,
  is_continuation boolean not null,
  input_tokens integer,
  output_tokens integer,
  -- Who drives it, and until when it is believed to be alive.
  node_id text not null,
  lease_expires_at integer not null,
  created_at integer not null,
  first_text_at integer,
  ended_at integer,
  constraint run_idempotency unique (user_id, idempotency_key)
);

create index run_message on run (message_id);
create index run_conversation on run (conversation_id);
create index run_open on run (lease_expires_at) where not is_ended;
