-- +goose Up
-- until_at is when a notice is no longer worth sending, 0 for never; spread is 1 once it was looked at for ways out of the house.
-- What was told before is not sent now.
ALTER TABLE notice ADD COLUMN until_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN spread BIGINT NOT NULL DEFAULT 1 CHECK (spread IN (0, 1));
CREATE INDEX notice_spread ON notice (city, id) WHERE spread = 0;

-- notice_way: by which ways an account wants to be told besides the page of notices. email is sealed.
CREATE TABLE notice_way (
  city TEXT NOT NULL, account TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '', confirmed_at BIGINT NOT NULL DEFAULT 0,
  texts BIGINT NOT NULL DEFAULT 0 CHECK (texts IN (0, 1)),
  lang TEXT NOT NULL, used_at BIGINT NOT NULL,
  PRIMARY KEY (city, account)
) /*sqlite WITHOUT ROWID*/;

-- notice_off: a kind of which an account is told on the page of notices alone. used_at is when it last held something back.
CREATE TABLE notice_off (
  city TEXT NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL, used_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, kind)
) /*sqlite WITHOUT ROWID*/;

-- notice_sending: one message on its way out, and what became of it. ref is the notice, or what several notices have in common.
CREATE TABLE notice_sending (
  city TEXT NOT NULL, ref TEXT NOT NULL, channel TEXT NOT NULL CHECK (channel IN ('email', 'confirm', 'text', 'robot')),
  account TEXT NOT NULL, kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
  at BIGINT NOT NULL, until_at BIGINT NOT NULL, next_at BIGINT NOT NULL, done_at BIGINT NOT NULL DEFAULT 0,
  tries BIGINT NOT NULL DEFAULT 0, failure TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, ref, channel)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX notice_sending_waiting ON notice_sending (city, next_at) WHERE state = 'waiting';
CREATE INDEX notice_sending_at ON notice_sending (city, at);
