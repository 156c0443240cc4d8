-- Search looks words up in an index instead of reading every tool. The index keeps no text of its own: it is told each change
-- by triggers, whoever makes it. A row of `tool` has no number that lasts (VACUUM may give it another), so it gets one here.
create table tool_search_key (
  tool_search_key_id integer primary key,
  tool_id text not null unique references tool (tool_id) on delete cascade
);

create view tool_search_text as
  select k.tool_search_key_id, t.search_text from tool_search_key k join tool t on t.tool_id = k.tool_id;

-- Letters with and without marks differ, as they do on the other database.
create virtual table tool_search using fts5 (
  search_text, content = 'tool_search_text', content_rowid = 'tool_search_key_id', tokenize = 'unicode61 remove_diacritics 0'
);

insert into tool_search_key (tool_id) select tool_id from tool;
insert into tool_search (rowid, search_text) select tool_search_key_id, search_text from tool_search_text;

create trigger tool_search_insert after insert on tool begin
  insert into tool_search_key (tool_id) values (new.tool_id);
  insert into tool_search (rowid, search_text)
    select tool_search_key_id, new.search_text from tool_search_key where tool_id = new.tool_id;
end;

-- Taking words out of the index needs the very text that was put in.
create trigger tool_search_update after update of search_text on tool when old.search_text <> new.search_text begin
  insert into tool_search (tool_search, rowid, search_text)
    select 'delete', tool_search_key_id, old.search_text from tool_search_key where tool_id = old.tool_id;
  insert into tool_search (rowid, search_text)
    select tool_search_key_id, new.search_text from tool_search_key where tool_id = new.tool_id;
end;

create trigger tool_search_delete before delete on tool begin
  insert into tool_search (tool_search, rowid, search_text)
    select 'delete', tool_search_key_id, old.search_text from tool_search_key where tool_id = old.tool_id;
  delete from tool_search_key where tool_id = old.tool_id;
end;
