-- +goose Up
-- loan_fund: what stands in a county's guarantee fund (担保基金) from a day on, in fen, as somebody reported it. Rows are only added:
-- of a day the last one counts.
CREATE TABLE loan_fund (
  city TEXT NOT NULL, id TEXT NOT NULL,
  org TEXT NOT NULL, on_day TEXT NOT NULL,
  balance BIGINT NOT NULL CHECK (balance >= 0), source TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id)
) /*sqlite WITHOUT ROWID*/;
