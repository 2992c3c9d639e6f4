-- What became of businesses after their loans were paid out: whom somebody is to visit by when, and what was seen or told.
-- +goose Up
-- loan_follow: a loan under which money was paid out, and when somebody is next to look after it. Its row is the guard of what is told of it.
CREATE TABLE loan_follow (
  city TEXT NOT NULL, contract TEXT NOT NULL,
  org TEXT NOT NULL, bank TEXT NOT NULL,                  -- as in the loan
  unit TEXT NOT NULL,                                     -- who visits: the organisation of the borrower's home until another is named
  first_day TEXT NOT NULL,                                -- from which survival counts
  due_day TEXT NOT NULL DEFAULT '',                       -- empty when nobody is to go any more
  last_day TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '', -- of the latest that was told
  told BIGINT NOT NULL DEFAULT 0 CHECK (told >= 0),       -- number of the last snapshot
  terms TEXT NOT NULL DEFAULT '',                         -- first day of the terms by which it was planned, empty for the delivered ones
  edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_follow_due ON loan_follow (city, due_day, contract);

-- loan_snapshot: what was seen or told of a business on a day, added to and never changed; one that was wrong is withdrawn.
CREATE TABLE loan_snapshot (
  city TEXT NOT NULL, contract TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  on_day TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('visit', 'desk', 'self')), -- on a phone, at a desk, by the founder herself
  state TEXT NOT NULL CHECK (state IN ('trading', 'paused', 'moved', 'closed', 'unmet')),
  since_day TEXT NOT NULL DEFAULT '', moved_to TEXT NOT NULL DEFAULT '', -- of what is closed or moved
  founders BIGINT NOT NULL CHECK (founders BETWEEN 0 AND 99),
  staff BIGINT NOT NULL CHECK (staff BETWEEN 0 AND 100000),
  contracted BIGINT NOT NULL CHECK (contracted BETWEEN 0 AND staff),   -- of the staff, with contracts of a year or more
  need TEXT NOT NULL DEFAULT '',                          -- what the venture lacks besides, on its dossier
  need_kind TEXT NOT NULL DEFAULT '', wish TEXT NOT NULL DEFAULT '', -- the same in words where there is no dossier
  note TEXT NOT NULL DEFAULT '',
  visit TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
  withdrawn_at BIGINT NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract, no),
  FOREIGN KEY (city, contract) REFERENCES loan_follow (city, contract)
) /*sqlite WITHOUT ROWID*/;

-- loan_visit: a loan that was given to a unit's phones. ended_at is 0 while it is out.
CREATE TABLE loan_visit (
  city TEXT NOT NULL, id TEXT NOT NULL, contract TEXT NOT NULL,
  unit TEXT NOT NULL, task TEXT NOT NULL, due_day TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '',     -- an answer that came and could not be read, and why
  asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, contract) REFERENCES loan_follow (city, contract)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX loan_visit_out ON loan_visit (city, contract) WHERE ended_at = 0;
CREATE INDEX loan_visit_contract ON loan_visit (city, contract, id);

-- loan_visit_term: how often businesses are visited, from a day on.
CREATE TABLE loan_visit_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  first BIGINT NOT NULL CHECK (first > 0), every BIGINT NOT NULL CHECK (every > 0), until BIGINT NOT NULL CHECK (until > 0), -- months after the first day
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;

CREATE INDEX loan_contract_venture ON loan_contract (city, venture) WHERE venture <> '';
