-- Ventures with founders, honours, needs and consents to share; codes of industries that a city adds, its dated lists of priority industries, and how long a dossier is fresh.
-- +goose Up
CREATE TABLE venture (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, org TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'known', 'ended')), -- a draft is its founder's, until an officer has taken it
  returned TEXT NOT NULL DEFAULT '',                      -- why an officer gave the draft back
  name TEXT NOT NULL, about TEXT NOT NULL DEFAULT '',
  entity TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '',
  industry TEXT NOT NULL,                                 -- GB/T 4754: letter and up to four digits
  category TEXT NOT NULL, stage TEXT NOT NULL,
  place TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '',
  staff BIGINT NOT NULL DEFAULT 0 CHECK (staff >= 0),
  revenue BIGINT NOT NULL DEFAULT 0 CHECK (revenue >= 0), revenue_year BIGINT NOT NULL DEFAULT 0 CHECK (revenue_year >= 0), -- fen
  began TEXT NOT NULL DEFAULT '',
  confirmed_at BIGINT NOT NULL DEFAULT 0, confirmed_by TEXT NOT NULL DEFAULT '', reminded_at BIGINT NOT NULL DEFAULT 0,
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX venture_credit ON venture (city, credit) WHERE credit <> '' AND state = 'known';
CREATE INDEX venture_org ON venture (city, org);
CREATE INDEX venture_confirmed ON venture (city, state, confirmed_at);

CREATE TABLE venture_founder (
  city TEXT NOT NULL, venture TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  name TEXT NOT NULL, lead BIGINT NOT NULL CHECK (lead IN (0, 1)),
  person TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, venture, no),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX venture_founder_person ON venture_founder (city, person) WHERE person <> '';
CREATE INDEX venture_founder_account ON venture_founder (city, account) WHERE account <> '';

CREATE TABLE venture_honour (
  city TEXT NOT NULL, venture TEXT NOT NULL, id TEXT NOT NULL,
  level TEXT NOT NULL, title TEXT NOT NULL, year BIGINT NOT NULL CHECK (year > 0), source TEXT NOT NULL,
  PRIMARY KEY (city, venture, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE venture_need (
  city TEXT NOT NULL, id TEXT NOT NULL, venture TEXT NOT NULL,
  kind TEXT NOT NULL, text TEXT NOT NULL,
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),   -- fen, of money
  matter TEXT NOT NULL DEFAULT '',                        -- that answers it
  closed_at BIGINT NOT NULL DEFAULT 0, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX venture_need_venture ON venture_need (city, venture, id);

CREATE TABLE venture_consent (
  city TEXT NOT NULL, id TEXT NOT NULL, venture TEXT NOT NULL,
  receiver TEXT NOT NULL, purpose TEXT NOT NULL, version TEXT NOT NULL, -- of the text that was agreed to
  account TEXT NOT NULL, given_at BIGINT NOT NULL, until_day TEXT NOT NULL,
  withdrawn_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id),
  FOREIGN KEY (city, receiver) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX venture_consent_standing ON venture_consent (city, venture, receiver, purpose) WHERE withdrawn_at = 0;
CREATE INDEX venture_consent_receiver ON venture_consent (city, receiver, venture) WHERE withdrawn_at = 0;

CREATE TABLE industry (
  city TEXT NOT NULL, code TEXT NOT NULL,
  name TEXT NOT NULL, source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, code)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE priority_list (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE priority_slot (
  city TEXT NOT NULL, from_day TEXT NOT NULL, no BIGINT NOT NULL CHECK (no BETWEEN 1 AND 9), -- five leading ones, then four emerging
  name TEXT NOT NULL, codes TEXT NOT NULL,                -- beginnings of codes, separated by spaces
  PRIMARY KEY (city, from_day, no),
  FOREIGN KEY (city, from_day) REFERENCES priority_list (city, from_day)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE venture_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  fresh_days BIGINT NOT NULL CHECK (fresh_days BETWEEN 1 AND 1000),
  remind_days BIGINT NOT NULL CHECK (remind_days BETWEEN 1 AND 1000),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;
