-- Voices: what somebody asked for, raised to a matter, with what she says of the answer; and the terms by which voices go up a level.
-- +goose Up
CREATE TABLE voice (
  city TEXT NOT NULL, id TEXT NOT NULL,
  matter TEXT NOT NULL,                                   -- its own; one that was merged is closed and the main one's counts
  main TEXT NOT NULL DEFAULT '',                          -- the voice that says the same and is answered for both
  origin TEXT NOT NULL CHECK (origin IN ('answer', 'item', 'remark')),
  origin_id TEXT NOT NULL, question TEXT NOT NULL DEFAULT '',
  org TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '', asker TEXT NOT NULL DEFAULT '',
  receipt BYTEA,                                          -- hash of the words by which who has no account finds it
  judged_at BIGINT NOT NULL DEFAULT 0,                    -- when she said last that it is solved
  edited_at BIGINT NOT NULL,
  raised_by TEXT NOT NULL, raised_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, matter),
  UNIQUE (city, origin, origin_id, question),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX voice_main ON voice (city, main) WHERE main <> '';
CREATE INDEX voice_account ON voice (city, account, id) WHERE account <> '';
CREATE INDEX voice_org ON voice (city, org);

CREATE TABLE voice_verdict (
  city TEXT NOT NULL, matter TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  voice TEXT NOT NULL, desk TEXT NOT NULL,                -- whose answer it was
  solved BIGINT NOT NULL CHECK (solved IN (0, 1)),
  words TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL,
  PRIMARY KEY (city, matter, no)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX voice_verdict_voice ON voice_verdict (city, voice);

CREATE TABLE voice_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  answer_days BIGINT NOT NULL CHECK (answer_days BETWEEN 1 AND 250),
  late_days BIGINT NOT NULL CHECK (late_days BETWEEN 0 AND 250),
  unsolved BIGINT NOT NULL CHECK (unsolved BETWEEN 1 AND 9),
  judge_days BIGINT NOT NULL CHECK (judge_days BETWEEN 1 AND 250),
  reopen_days BIGINT NOT NULL CHECK (reopen_days BETWEEN 1 AND 250),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;
