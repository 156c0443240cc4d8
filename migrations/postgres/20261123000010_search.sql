-- Search looks words up in an index instead of reading every tool. What is no letter and no digit separates words, in any
-- locale: ASCII and Latin punctuation, general punctuation and symbols, those of Chinese and Japanese, emoji.
alter table tool add column search_words tsvector generated always as (
  to_tsvector('simple', regexp_replace(
    search_text,
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u3000-\u3004\u3008-\u3020\u3030\ufe00-\ufe0f\U0001f000-\U0001faff]+',
    ' ', 'g'
  ))
) stored;

create index tool_search on tool using gin (search_words);
