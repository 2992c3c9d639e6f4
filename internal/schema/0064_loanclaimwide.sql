-- Claims of banks with very many loans, and lists of very many applications and dossiers.
-- +goose Up
-- loan_batch_basis: the rules and rates by which a batch was worked out. Whoever adds a line looks its batch up, and would read through them each time.
CREATE TABLE loan_batch_basis (
  city TEXT NOT NULL, batch TEXT NOT NULL,
  book TEXT NOT NULL, quotes TEXT NOT NULL,
  PRIMARY KEY (city, batch),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO loan_batch_basis (city, batch, book, quotes) SELECT city, id, book, quotes FROM loan_batch ORDER BY city, id;
ALTER TABLE loan_batch DROP COLUMN book;
ALTER TABLE loan_batch DROP COLUMN quotes;

-- loan_claimed: changed by whoever claims for the loans of a bank or makes lines stand again, before anything else. A row for each loan, as it was
-- before, cost as much as the lines.
DROP TABLE loan_claimed;
CREATE TABLE loan_claimed (
  city TEXT NOT NULL, bank TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, bank)
) /*sqlite WITHOUT ROWID*/;

-- Whether a line meets another is read from the index alone, and of a loan's lines only those that end after it begins.
DROP INDEX loan_line_contract;
CREATE INDEX loan_line_contract ON loan_line (city, contract, to_day, from_day, slice);

-- Lists are read in their order off indexes that hold what decides whether a row is in scope; what a page shows is looked up only then.
DROP INDEX loan_desk_queue;
CREATE INDEX loan_desk_queue ON loan_desk (city, desk, due, application, no, org, owner, state) WHERE state IN ('open', 'second');
DROP INDEX loan_desk_org;
DROP INDEX loan_application_state;
CREATE INDEX loan_application_state ON loan_application (city, state, id, org, kind);
CREATE INDEX loan_application_list ON loan_application (city, id, state, org, kind, serial, name);
DROP INDEX venture_org;
CREATE INDEX venture_org ON venture (city, org, state, confirmed_at, industry);
CREATE INDEX venture_list ON venture (city, state, id, org, confirmed_at, industry, category, stage, serial, credit, name);
CREATE INDEX venture_need_open ON venture_need (city, kind, venture) WHERE closed_at = 0;
