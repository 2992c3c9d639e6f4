-- Numbers of law: dated versions by product and jurisdiction with their fields, conditions and cases, and rates that somebody publishes.
-- +goose Up
CREATE TABLE rule_version (
  city TEXT NOT NULL, id TEXT NOT NULL,
  product TEXT NOT NULL, key TEXT NOT NULL, area TEXT NOT NULL,  -- beginning of a division's code, nothing for the nation
  title TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '',
  conditions TEXT NOT NULL DEFAULT '[]',                         -- as JSON: key, text, expr
  cases TEXT NOT NULL DEFAULT '[]',                              -- as JSON: by which the conditions are tried before publication
  state TEXT NOT NULL CHECK (state IN ('draft', 'awaited', 'published')),
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, product, key)
);

CREATE TABLE rule_field (
  city TEXT NOT NULL, version TEXT NOT NULL, name TEXT NOT NULL, from_day TEXT NOT NULL DEFAULT '',
  value TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  PRIMARY KEY (city, version, name, from_day),
  FOREIGN KEY (city, version) REFERENCES rule_version (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE rule_quote (
  city TEXT NOT NULL, series TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  rate BIGINT NOT NULL CHECK (rate BETWEEN 0 AND 1000000),        -- millionths
  source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  PRIMARY KEY (city, series, from_day)
) /*sqlite WITHOUT ROWID*/;

-- Whoever publishes into a line, or enters a rate of a series, takes its row first: of two at once one is told.
CREATE TABLE rule_line (
  city TEXT NOT NULL, line TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, line)
) /*sqlite WITHOUT ROWID*/;
