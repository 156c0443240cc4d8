-- The catalogue. Lists that are only ever shown whole are JSON; categories are rows because they are filtered and counted.
create table tool (
  tool_id text primary key,
  slug text not null,
  name text not null,
  provider text not null,
  tagline text not null,
  description text not null,
  website text not null,
  capabilities text not null,
  api_type text not null,
  model text,
  endpoint text,
  parameters text not null,
  system_prompt text,
  starters text not null,
  price text not null,
  sunset_at text,
  expectations text,
  is_featured boolean not null,
  popularity bigint not null,
  -- Where the row came from: 'seed' rows follow the data file, 'discovered' ones their provider's list of models.
  source text not null,
  -- Everything that search looks at, folded to lower case.
  search_text text not null,
  created_at bigint not null,
  updated_at bigint not null,
  constraint tool_slug unique (slug),
  constraint tool_api_type check (api_type in ('local', 'openai', 'azure', 'gemini', 'link')),
  constraint tool_source check (source in ('seed', 'discovered', 'manual'))
);

create table tool_category (
  tool_id text not null references tool (tool_id) on delete cascade,
  category text not null,
  primary key (tool_id, category)
);

create index tool_category_category on tool_category (category);
