-- +goose Up
-- edition: one run of a service. What is published stays as it was read; only the window moves.
CREATE TABLE edition (
  city TEXT NOT NULL, id TEXT NOT NULL,
  service TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL CHECK (mode IN ('lottery', 'first_come', 'score')),
  opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL,
  paper_min BIGINT NOT NULL DEFAULT 0 CHECK (paper_min BETWEEN 0 AND 100000),
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  quota BIGINT NOT NULL DEFAULT 0 CHECK (quota >= 0), used BIGINT NOT NULL DEFAULT 0 CHECK (used >= 0),
  most BIGINT NOT NULL DEFAULT 1 CHECK (most BETWEEN 1 AND 99),
  offer_min BIGINT NOT NULL CHECK (offer_min BETWEEN 1 AND 100000),
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (opens_at < closes_at), CHECK (quota = 0 OR used <= quota)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX edition_service ON edition (city, service, state);
CREATE INDEX edition_org ON edition (city, org);

-- edition_group: who is drawn, or counted, before whom.
CREATE TABLE edition_group (
  city TEXT NOT NULL, edition TEXT NOT NULL, no BIGINT NOT NULL CHECK (no BETWEEN 1 AND 99),
  label TEXT NOT NULL, points BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, edition, no)
) /*sqlite WITHOUT ROWID*/;

-- enrolment_roll: places that are given together, and the guard of all who ask for them: whoever changes any of them takes
-- this row first. moves counts the changes.
CREATE TABLE enrolment_roll (
  city TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL, serial TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('lottery', 'first_come', 'score')),
  places BIGINT NOT NULL CHECK (places >= 0), held BIGINT NOT NULL DEFAULT 0,
  turn BIGINT NOT NULL DEFAULT 0 CHECK (turn >= 0), moves BIGINT NOT NULL DEFAULT 0,
  most BIGINT NOT NULL, offer_min BIGINT NOT NULL,
  opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL, paper_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'listed', 'settled', 'cancelled')),
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  CHECK (held BETWEEN 0 AND places)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX enrolment_roll_edition ON enrolment_roll (city, edition);

-- enrolment: a party that asks for places together. size is how many of it still count.
CREATE TABLE enrolment (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  size BIGINT NOT NULL CHECK (size >= 0),
  grp BIGINT NOT NULL DEFAULT 1 CHECK (grp BETWEEN 1 AND 99), points BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('entered', 'waiting', 'offered', 'placed', 'withdrawn', 'declined', 'lapsed', 'merged', 'cancelled')),
  place BIGINT NOT NULL DEFAULT 0,          -- in the order in which places are given; 0 before that is known
  found BIGINT NOT NULL DEFAULT -1,         -- how many places were free at its turn
  until_at BIGINT NOT NULL DEFAULT 0,       -- an offer's deadline
  way TEXT NOT NULL CHECK (way IN ('web', 'paper', 'phone')),
  signer TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, moved_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX enrolment_waiting ON enrolment (city, roll, place) WHERE state = 'waiting';
CREATE INDEX enrolment_offered ON enrolment (city, until_at) WHERE state = 'offered';

-- enrolment_member: ended is 0 while it counts and the party's turn afterwards, so that somebody counts once.
CREATE TABLE enrolment_member (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  person TEXT NOT NULL, edition TEXT NOT NULL, ended BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, roll, turn, no)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX enrolment_member_person ON enrolment_member (city, person, roll, ended);

-- enrolment_draw: what makes a draw of an edition verifiable. enrolment_list: what was published of each roll.
CREATE TABLE enrolment_draw (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  secret BYTEA NOT NULL, commitment TEXT NOT NULL, source TEXT NOT NULL, public TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, edition)
) /*sqlite WITHOUT ROWID*/;
CREATE TABLE enrolment_list (
  city TEXT NOT NULL, roll TEXT NOT NULL, file TEXT NOT NULL, listed_at BIGINT NOT NULL, drawn_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, roll)
);
