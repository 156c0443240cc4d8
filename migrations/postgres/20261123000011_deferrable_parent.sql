-- A restore writes messages in the order of the backup, where an answer may stand before its question. Everybody else's
-- statements are checked at once, as before.
alter table message alter constraint message_parent_message_id_fkey deferrable initially immediate;
