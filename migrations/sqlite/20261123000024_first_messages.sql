-- The versions of a conversation's first message are found without looking at all the others.
create index message_first on message (conversation_id) where parent_message_id is null;
