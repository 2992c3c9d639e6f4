-- +goose Up
-- The filters of a list that somebody comes back to, under a name of hers.
CREATE TABLE saved_view (
  city TEXT NOT NULL, id TEXT NOT NULL,
  account TEXT NOT NULL,
  list TEXT NOT NULL,                                     -- the list's path: /office/persons
  name TEXT NOT NULL,
  query TEXT NOT NULL,                                    -- its filters in their one order, never words that were sought
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, account, list, name),
  FOREIGN KEY (city, account) REFERENCES account (city, id)
);
