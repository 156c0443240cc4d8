-- Versions of pictures that were made once and are kept: smaller, turned, without what a camera wrote into them.
create table file_rendition (
  file_id text not null references file (file_id) on delete cascade,
  -- Which version: what was done to it, as text.
  rendition text not null,
  media_type text not null,
  size_bytes integer not null,
  blob_key text not null,
  created_at integer not null,
  primary key (file_id, rendition)
);

-- What lies in the store and belongs to nothing is found by these.
create index file_blob on file (blob_key);
create index file_text_blob on file (text_blob_key);
create index file_rendition_blob on file_rendition (blob_key);
