-- +goose Up
-- calendar_feed: a secret address at which programs read an account's calendar (日历订阅). token is the hash of the secret; slot keeps
-- the number of an account's addresses in bounds. A revoked address is a row less.
CREATE TABLE calendar_feed (
  city TEXT NOT NULL, account TEXT NOT NULL, slot BIGINT NOT NULL CHECK (slot BETWEEN 1 AND 5),
  id TEXT NOT NULL, token BYTEA NOT NULL, lang TEXT NOT NULL,
  made_at BIGINT NOT NULL, read_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, account, slot),
  UNIQUE (city, id),
  UNIQUE (city, token)
) /*sqlite WITHOUT ROWID*/;
