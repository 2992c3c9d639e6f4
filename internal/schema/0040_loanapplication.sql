-- Applications for start-up loans: who borrows, what she owes elsewhere, her papers, the desks that look at it, and how the city orders them.
-- +goose Up
CREATE TABLE loan_way (
  city TEXT NOT NULL, id TEXT NOT NULL,
  county TEXT NOT NULL DEFAULT '', product TEXT NOT NULL DEFAULT '', -- for one county, for one product; empty: for all
  from_day TEXT NOT NULL,                                            -- for what is handed in on this day or later
  reply_days BIGINT NOT NULL CHECK (reply_days BETWEEN 1 AND 250),   -- working days for what is sent back
  appeal_days BIGINT NOT NULL CHECK (appeal_days BETWEEN 1 AND 250),
  survey_days BIGINT NOT NULL CHECK (survey_days BETWEEN 1 AND 250),
  survey_by TEXT NOT NULL,                                           -- intake, bank, or the organisation that surveys
  person_papers TEXT NOT NULL, firm_papers TEXT NOT NULL,            -- kinds that must be there, separated by spaces
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, county, product, from_day)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_way_desk (
  city TEXT NOT NULL, way TEXT NOT NULL, desk TEXT NOT NULL,
  turn BIGINT NOT NULL CHECK (turn BETWEEN 1 AND 20),                -- desks of one turn work at the same time
  days BIGINT NOT NULL CHECK (days BETWEEN 1 AND 250),               -- working days
  four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  org TEXT NOT NULL DEFAULT '',                                      -- who sits there; empty: where the application says
  PRIMARY KEY (city, way, desk),
  FOREIGN KEY (city, way) REFERENCES loan_way (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_application (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  venture TEXT NOT NULL, org TEXT NOT NULL, county TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '',                                  -- whose it is; empty where a clerk entered it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'returned', 'approved', 'refused', 'appealed', 'withdrawn', 'lapsed')),
  kind TEXT NOT NULL CHECK (kind IN ('individual', 'partnership', 'firm')),
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),              -- fen
  months BIGINT NOT NULL DEFAULT 0 CHECK (months >= 0),
  purpose TEXT NOT NULL DEFAULT '', method TEXT NOT NULL DEFAULT '', guarantee TEXT NOT NULL DEFAULT '',
  bank TEXT NOT NULL DEFAULT '', product TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL, entity TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '', industry TEXT NOT NULL, address TEXT NOT NULL DEFAULT '',
  began TEXT NOT NULL DEFAULT '',
  staff BIGINT NOT NULL DEFAULT 0 CHECK (staff >= 0), new_hires BIGINT NOT NULL DEFAULT 0 CHECK (new_hires >= 0),
  arrears BIGINT NOT NULL DEFAULT 0 CHECK (arrears IN (0, 1)),       -- of wages or social insurance
  earlier BIGINT NOT NULL DEFAULT 0 CHECK (earlier >= 0),            -- subsidised loans before this one
  overdue_before BIGINT NOT NULL DEFAULT 0 CHECK (overdue_before IN (0, 1)),
  promised TEXT NOT NULL DEFAULT '',                                 -- version of the promise that was agreed to
  submitted_at BIGINT NOT NULL DEFAULT 0, way TEXT NOT NULL DEFAULT '', version TEXT NOT NULL DEFAULT '',
  returned_by BIGINT NOT NULL DEFAULT 0, reply_due TEXT NOT NULL DEFAULT '', paused_on TEXT NOT NULL DEFAULT '',
  decided_at BIGINT NOT NULL DEFAULT 0, refused_by BIGINT NOT NULL DEFAULT 0, code TEXT NOT NULL DEFAULT '', appeal_until TEXT NOT NULL DEFAULT '',
  ok_amount BIGINT NOT NULL DEFAULT 0, ok_months BIGINT NOT NULL DEFAULT 0, ok_rate BIGINT NOT NULL DEFAULT 0, -- fen, months, millionths
  flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), priority TEXT NOT NULL DEFAULT '',
  female BIGINT NOT NULL DEFAULT 0 CHECK (female IN (0, 1)), group_code TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  FOREIGN KEY (city, county) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_application_account ON loan_application (city, account, id) WHERE account <> '';
CREATE INDEX loan_application_venture ON loan_application (city, venture);
CREATE INDEX loan_application_state ON loan_application (city, state, id);
CREATE INDEX loan_application_org ON loan_application (city, org, id);
CREATE INDEX loan_application_county ON loan_application (city, county, id);

CREATE TABLE loan_party (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  role TEXT NOT NULL CHECK (role IN ('applicant', 'partner', 'co', 'spouse', 'guarantor')),
  of_no BIGINT NOT NULL DEFAULT 0,                                   -- whose spouse
  name TEXT NOT NULL, person TEXT NOT NULL DEFAULT '',
  number BYTEA,                                                      -- sealed, until the application is handed in
  born TEXT NOT NULL DEFAULT '', sex TEXT NOT NULL DEFAULT '', marital TEXT NOT NULL DEFAULT '',
  group_code TEXT NOT NULL DEFAULT '', employer TEXT NOT NULL DEFAULT '',
  debtless BIGINT NOT NULL DEFAULT 0 CHECK (debtless IN (0, 1)),     -- says to owe nothing elsewhere
  agreed BIGINT NOT NULL DEFAULT 0 CHECK (agreed IN (0, 1)),         -- that her credit report is asked for
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_party_person ON loan_party (city, person) WHERE person <> '';

CREATE TABLE loan_debt (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), party BIGINT NOT NULL,
  kind TEXT NOT NULL, lender TEXT NOT NULL, amount BIGINT NOT NULL CHECK (amount > 0), -- fen still owed
  found_by TEXT NOT NULL DEFAULT '', found_at BIGINT NOT NULL DEFAULT 0, -- an officer, where the applicant had not said it
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application, party) REFERENCES loan_party (city, application, no)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_paper (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL, document TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_desk (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  desk TEXT NOT NULL, org TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '', -- the account that it was handed to, empty: anybody there
  turn BIGINT NOT NULL, days BIGINT NOT NULL, four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'open', 'second', 'returned', 'passed', 'refused', 'over')),
  due TEXT NOT NULL DEFAULT '', opened_at BIGINT NOT NULL DEFAULT 0,
  asked_by BIGINT NOT NULL DEFAULT 0, question TEXT NOT NULL DEFAULT '', -- of a countersign: which desk asked for it, and what
  verdict TEXT NOT NULL DEFAULT '', says TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT '', -- what was decided upon, as a hash
  first_by TEXT NOT NULL DEFAULT '', first_at BIGINT NOT NULL DEFAULT 0, done_by TEXT NOT NULL DEFAULT '', done_at BIGINT NOT NULL DEFAULT 0,
  flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), priority TEXT NOT NULL DEFAULT '',
  group_code TEXT NOT NULL DEFAULT '', hires BIGINT NOT NULL DEFAULT 0, earlier BIGINT NOT NULL DEFAULT 0,
  guarantee TEXT NOT NULL DEFAULT '', amount BIGINT NOT NULL DEFAULT 0, months BIGINT NOT NULL DEFAULT 0, rate BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX loan_desk_queue ON loan_desk (city, desk, due, application, no) WHERE state IN ('open', 'second');
CREATE INDEX loan_desk_org ON loan_desk (city, org, desk, due, application, no) WHERE state IN ('open', 'second');

CREATE TABLE loan_note (
  city TEXT NOT NULL, application TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, by TEXT NOT NULL,
  step TEXT NOT NULL, desk TEXT NOT NULL DEFAULT '', no BIGINT NOT NULL DEFAULT 0, org TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, application, id),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_recusal (
  city TEXT NOT NULL, application TEXT NOT NULL, account TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (city, application, account),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE loan_survey (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), desk BIGINT NOT NULL,
  org TEXT NOT NULL, account TEXT NOT NULL DEFAULT '', task TEXT NOT NULL, due TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',                                   -- that was adopted, completed or set aside
  verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'adopted', 'completed', 'repeated')),
  says TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL DEFAULT 0, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
