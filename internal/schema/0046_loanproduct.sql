-- What banks offer under the start-up loan: dated rows with their source, who bears which part of a loss, and the reviews by which a bank
-- comes in and goes out.
-- +goose Up
CREATE TABLE loan_product (
  city TEXT NOT NULL, id TEXT NOT NULL,
  bank TEXT NOT NULL, code TEXT NOT NULL,                         -- code: the bank's word for the product through all of its editions
  name TEXT NOT NULL, name_en TEXT NOT NULL DEFAULT '',
  area TEXT NOT NULL,                                             -- beginning of a division's code
  kinds TEXT NOT NULL, methods TEXT NOT NULL, guarantees TEXT NOT NULL, -- words, separated by spaces
  least BIGINT NOT NULL CHECK (least > 0), most BIGINT NOT NULL CHECK (most > 0), -- fen
  months_from BIGINT NOT NULL CHECK (months_from BETWEEN 1 AND 600), months_to BIGINT NOT NULL CHECK (months_to BETWEEN 1 AND 600),
  points BIGINT NOT NULL CHECK (points BETWEEN -1000000 AND 1000000), -- over the one-year LPR, millionths
  basis BIGINT NOT NULL CHECK (basis IN (360, 365)), settle BIGINT NOT NULL CHECK (settle BETWEEN 0 AND 28),
  papers TEXT NOT NULL DEFAULT '', papers_en TEXT NOT NULL DEFAULT '', -- one a line
  apply_at TEXT NOT NULL DEFAULT '', apply_at_en TEXT NOT NULL DEFAULT '',
  from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_product_bank ON loan_product (city, bank, code, from_day);

CREATE TABLE loan_product_share (
  city TEXT NOT NULL, product TEXT NOT NULL,
  bearer TEXT NOT NULL CHECK (bearer IN ('reguarantee', 'guarantor', 'bank', 'government', 'fund')),
  share BIGINT NOT NULL CHECK (share BETWEEN 1 AND 1000000),      -- millionths of a loss
  PRIMARY KEY (city, product, bearer),
  FOREIGN KEY (city, product) REFERENCES loan_product (city, id)
) /*sqlite WITHOUT ROWID*/;

-- Whoever publishes an edition of a product takes its row first: of two that overlap one is refused.
CREATE TABLE loan_product_line (
  city TEXT NOT NULL, bank TEXT NOT NULL, code TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, bank, code)
) /*sqlite WITHOUT ROWID*/;

-- What a review looks at, from a day on.
CREATE TABLE loan_bank_criteria (
  city TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('entry', 'exit')), from_day TEXT NOT NULL,
  items TEXT NOT NULL, source TEXT NOT NULL,                      -- items: one a line
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, kind, from_day)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_bank_review (
  city TEXT NOT NULL, id TEXT NOT NULL, bank TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('entry', 'exit')),
  on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',       -- until: the last day on which the bank may offer
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
  reviewer TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_bank_review_bank ON loan_bank_review (city, bank, on_day);

CREATE TABLE loan_bank_finding (
  city TEXT NOT NULL, review TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  item TEXT NOT NULL, met BIGINT NOT NULL CHECK (met IN (0, 1)), note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, review, no),
  FOREIGN KEY (city, review) REFERENCES loan_bank_review (city, id)
) /*sqlite WITHOUT ROWID*/;
