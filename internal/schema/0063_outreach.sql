-- Going to campuses, parks and communities with what young people can get: events, who signed up and came, and what they asked.
-- +goose Up
-- outreach_event: taken and signed are counted up by conditional update, which is the guard of its places and of its guests' numbers. What is
-- counted stays when guests are destroyed.
CREATE TABLE outreach_event (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  org TEXT NOT NULL,                                      -- who holds it
  kind TEXT NOT NULL CHECK (kind IN ('campus', 'park', 'community')),
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', place TEXT NOT NULL,
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL CHECK (ends_at > starts_at), closes_at BIGINT NOT NULL, -- microseconds UTC; sign-up before closes_at
  seats BIGINT NOT NULL CHECK (seats BETWEEN 0 AND 2000), -- 0: as many as come, up to the most
  taken BIGINT NOT NULL DEFAULT 0 CHECK (taken >= 0 AND (seats = 0 OR taken <= seats)),
  signed BIGINT NOT NULL DEFAULT 0 CHECK (signed >= taken), -- number of the last guest
  came BIGINT NOT NULL DEFAULT 0 CHECK (came >= 0), walked BIGINT NOT NULL DEFAULT 0 CHECK (walked >= 0), -- of those who signed up, and without
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')), reason TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX outreach_event_starts ON outreach_event (city, starts_at, id);
CREATE INDEX outreach_event_org ON outreach_event (city, org);

-- outreach_guest: whoever signed up, by account or by phone number alone, or came without.
CREATE TABLE outreach_guest (
  city TEXT NOT NULL, event TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  name TEXT NOT NULL, phone BYTEA,                        -- sealed; without where she has an account or walked in
  account TEXT NOT NULL DEFAULT '', token BYTEA,          -- hash of the words on a stranger's ticket
  state TEXT NOT NULL CHECK (state IN ('coming', 'withdrawn', 'walked')),
  made_at BIGINT NOT NULL, came_at BIGINT NOT NULL DEFAULT 0, came_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, event, no),
  FOREIGN KEY (city, event) REFERENCES outreach_event (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX outreach_guest_account ON outreach_guest (city, account, event) WHERE account <> '' AND state = 'coming';
CREATE UNIQUE INDEX outreach_guest_token ON outreach_guest (city, token) WHERE token IS NOT NULL;

-- outreach_question: what was asked, before, at the event or after; shown to everybody once somebody has looked at it.
CREATE TABLE outreach_question (
  city TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL,
  guest BIGINT NOT NULL DEFAULT 0,                        -- who asked, 0 where it was heard in the room
  text TEXT NOT NULL, matter TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
  shown_text TEXT NOT NULL DEFAULT '', shown_at BIGINT NOT NULL DEFAULT 0, dropped_at BIGINT NOT NULL DEFAULT 0, -- 0 while not shown, or not put aside
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, event) REFERENCES outreach_event (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX outreach_question_event ON outreach_question (city, event, id);
CREATE INDEX outreach_question_shown ON outreach_question (city, shown_at) WHERE shown_at > 0;
