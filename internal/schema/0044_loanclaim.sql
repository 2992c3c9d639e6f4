-- Quarterly claims of subsidies: batches, their lines with every input, what could not be claimed, and the desks.
-- +goose Up
-- loan_batch: what one bank claims for the periods that end after after_day, up to and with to_day; a correction names the batch that it corrects.
CREATE TABLE loan_batch (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  bank TEXT NOT NULL, after_day TEXT NOT NULL, to_day TEXT NOT NULL,
  corrects TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('draft', 'filed', 'reviewed', 'approved', 'paid', 'arrived', 'returned', 'withdrawn')),
  due_day TEXT NOT NULL DEFAULT '',                       -- until when the desk at hand is to act
  loans BIGINT NOT NULL CHECK (loans >= 0), lines BIGINT NOT NULL CHECK (lines >= 0),
  interest BIGINT NOT NULL, subsidy BIGINT NOT NULL, province BIGINT NOT NULL, local BIGINT NOT NULL, -- fen; of a correction what it changes
  opening BIGINT NOT NULL, closing BIGINT NOT NULL,       -- owed to the bank at both ends (季初余额, 季末余额)
  lent BIGINT NOT NULL, lendings BIGINT NOT NULL,         -- 贷款发生额, 发生笔数
  book TEXT NOT NULL, quotes TEXT NOT NULL,               -- the rules and rates by which it was worked out
  paid_day TEXT NOT NULL DEFAULT '', paid_ref TEXT NOT NULL DEFAULT '', arrived_day TEXT NOT NULL DEFAULT '', arrived_ref TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, reviewed_by TEXT NOT NULL DEFAULT '', edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX loan_batch_quarter ON loan_batch (city, bank, to_day) WHERE corrects = '' AND state <> 'withdrawn';
CREATE INDEX loan_batch_corrects ON loan_batch (city, corrects) WHERE corrects <> '';

-- loan_line: sign 1 claims, sign -1 takes back the line of another batch that it names.
CREATE TABLE loan_line (
  city TEXT NOT NULL, batch TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  contract TEXT NOT NULL, number TEXT NOT NULL, seen BIGINT NOT NULL, -- the number of the loan's last event that was known
  sign BIGINT NOT NULL CHECK (sign IN (1, -1)), of_batch TEXT NOT NULL DEFAULT '', of_no BIGINT NOT NULL DEFAULT 0,
  slice BIGINT NOT NULL CHECK (slice BETWEEN 1 AND 3),
  from_day TEXT NOT NULL, to_day TEXT NOT NULL, days BIGINT NOT NULL CHECK (days > 0), status TEXT NOT NULL,
  excluded BIGINT NOT NULL CHECK (excluded >= 0), reason TEXT NOT NULL,
  segments TEXT NOT NULL,                                 -- principal × days
  rate BIGINT NOT NULL, lpr BIGINT NOT NULL, lpr_day TEXT NOT NULL, version TEXT NOT NULL,
  interest BIGINT NOT NULL, subsidy BIGINT NOT NULL CHECK (subsidy >= 0), split BIGINT NOT NULL CHECK (split IN (0, 1)),
  province BIGINT NOT NULL CHECK (province >= 0), local BIGINT NOT NULL CHECK (local >= 0),
  PRIMARY KEY (city, batch, no),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_line_contract ON loan_line (city, contract, from_day);
CREATE INDEX loan_line_of ON loan_line (city, of_batch, of_no) WHERE sign = -1;

-- loan_unclaimed: a loan for which nothing could be claimed, and why.
CREATE TABLE loan_unclaimed (
  city TEXT NOT NULL, batch TEXT NOT NULL, contract TEXT NOT NULL, number TEXT NOT NULL,
  key TEXT NOT NULL, args TEXT NOT NULL,
  PRIMARY KEY (city, batch, contract),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_batch_step (
  city TEXT NOT NULL, batch TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  verb TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', due_day TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, batch, no),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) /*sqlite WITHOUT ROWID*/;

-- loan_claimed: changed by whoever claims for a loan or takes a claim back, before it is looked whether a day is claimed twice.
CREATE TABLE loan_claimed (
  city TEXT NOT NULL, contract TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, contract)
) /*sqlite WITHOUT ROWID*/;
