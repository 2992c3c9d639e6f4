-- Loans that were signed, what has happened under them, and the days and counts by which they are judged.
-- +goose Up
-- loan_contract: the terms as they were signed do not change once money is out; balance, states and days are what its events add up to, kept
-- beside them for lists and counts. Its row is the guard of its events.
CREATE TABLE loan_contract (
  city TEXT NOT NULL, id TEXT NOT NULL,
  number TEXT NOT NULL, deed TEXT NOT NULL DEFAULT '',    -- 借据号 and 合同号, of the bank
  bank TEXT NOT NULL, org TEXT NOT NULL,                  -- who lends, and where the borrower is at home: a county, or what is below it
  area TEXT NOT NULL,                                     -- code of that county
  application TEXT NOT NULL DEFAULT '', venture TEXT NOT NULL DEFAULT '',
  borrower TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '', -- name, and the credit code of a firm
  kind TEXT NOT NULL CHECK (kind IN ('individual', 'partnership', 'firm')),
  partners BIGINT NOT NULL DEFAULT 0 CHECK (partners >= 0),
  poor BIGINT NOT NULL CHECK (poor IN (0, 1)),            -- the county counts as lifted out of poverty (脱贫地区), on the day of signing
  people TEXT NOT NULL DEFAULT '',                        -- code of the national group, 01 to 10
  female BIGINT NOT NULL CHECK (female IN (0, 1)),
  principal BIGINT NOT NULL CHECK (principal > 0),        -- fen; of a revolving loan the limit
  rate BIGINT NOT NULL CHECK (rate >= 0), lpr BIGINT NOT NULL CHECK (lpr >= 0), points BIGINT NOT NULL, -- millionths a year
  lpr_day TEXT NOT NULL DEFAULT '',                       -- from which the LPR used holds
  signed_day TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL,
  method TEXT NOT NULL, days TEXT NOT NULL,               -- 还款方式, and how a period is counted: actual or calendar
  basis BIGINT NOT NULL CHECK (basis IN (360, 365)),
  settle BIGINT NOT NULL CHECK (settle BETWEEN 0 AND 31),
  shift BIGINT NOT NULL CHECK (shift IN (0, 1)),          -- what falls due on a holiday is paid on the next working day
  penalty BIGINT NOT NULL CHECK (penalty BETWEEN 100 AND 300), -- hundredths of the rate
  version TEXT NOT NULL,                                  -- of the policy under which it was lent
  state TEXT NOT NULL CHECK (state IN ('signed', 'open', 'settled', 'compensated', 'written_off', 'void')),
  drawn BIGINT NOT NULL DEFAULT 0 CHECK (drawn >= 0), balance BIGINT NOT NULL DEFAULT 0 CHECK (balance >= 0),
  compensated BIGINT NOT NULL DEFAULT 0 CHECK (compensated >= 0), recovered BIGINT NOT NULL DEFAULT 0 CHECK (recovered >= 0),
  written_off BIGINT NOT NULL DEFAULT 0 CHECK (written_off >= 0),
  extended_day TEXT NOT NULL DEFAULT '', ended_day TEXT NOT NULL DEFAULT '',
  overdue_day TEXT NOT NULL DEFAULT '',                   -- since when it is overdue, empty when it is not
  overdue_ever BIGINT NOT NULL DEFAULT 0 CHECK (overdue_ever IN (0, 1)),
  class TEXT NOT NULL DEFAULT 'normal',                   -- as the bank has said last
  events BIGINT NOT NULL DEFAULT 0,                       -- number of the last event
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX loan_contract_number ON loan_contract (city, bank, number) WHERE state <> 'void';
CREATE UNIQUE INDEX loan_contract_application ON loan_contract (city, application) WHERE application <> '' AND state <> 'void';
CREATE INDEX loan_contract_org ON loan_contract (city, org, state);
CREATE INDEX loan_contract_bank ON loan_contract (city, bank, org, state);
CREATE INDEX loan_contract_overdue ON loan_contract (city, overdue_day) WHERE overdue_day <> '';

-- loan_borrower: the persons known here who borrow together.
CREATE TABLE loan_borrower (
  city TEXT NOT NULL, contract TEXT NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, contract, person),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_borrower_person ON loan_borrower (city, person);

-- loan_part: what is to be repaid on agreed days (分期还本).
CREATE TABLE loan_part (
  city TEXT NOT NULL, contract TEXT NOT NULL, on_day TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  PRIMARY KEY (city, contract, on_day),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) /*sqlite WITHOUT ROWID*/;

-- loan_event: what happened, added to and never changed; a mistake is taken back by another row that names it.
CREATE TABLE loan_event (
  city TEXT NOT NULL, contract TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL, on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),   -- fen of principal
  interest BIGINT NOT NULL DEFAULT 0 CHECK (interest >= 0), -- fen paid beside it
  class TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  reverses BIGINT NOT NULL DEFAULT 0 CHECK (reverses >= 0),
  source TEXT NOT NULL DEFAULT '',                        -- the bank file that told it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract, no),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX loan_event_reverses ON loan_event (city, contract, reverses) WHERE reverses > 0;
CREATE INDEX loan_event_day ON loan_event (city, kind, on_day);

-- loan_term: the day counts and clocks by which loans are judged, from a day on.
CREATE TABLE loan_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  substandard BIGINT NOT NULL CHECK (substandard > 0), doubtful BIGINT NOT NULL CHECK (doubtful > substandard), loss BIGINT NOT NULL CHECK (loss > doubtful), -- days overdue
  compensate BIGINT NOT NULL CHECK (compensate > 0),      -- days overdue after which the bank may claim on the guarantee
  extend BIGINT NOT NULL CHECK (extend > 0),              -- months that an extension may give at most
  difference BIGINT NOT NULL CHECK (difference > 0),      -- working days to clear up what a bank's file says otherwise
  file BIGINT NOT NULL CHECK (file > 0), review BIGINT NOT NULL CHECK (review > 0), finance BIGINT NOT NULL CHECK (finance > 0), -- working days of a claim's desks
  poor TEXT NOT NULL DEFAULT '',                          -- codes of the counties lifted out of poverty, separated by spaces
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;
