-- +goose Up
-- volunteer_term: a time for which groups are paired with villages. reach is how far a group is sent at most, in metres; 0 for as far as need be.
CREATE TABLE volunteer_term (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL, title TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  reach BIGINT NOT NULL CHECK (reach BETWEEN 0 AND 1000000),
  state TEXT NOT NULL CHECK (state IN ('draft', 'approved')),
  approved_by TEXT NOT NULL DEFAULT '', approved_at BIGINT NOT NULL DEFAULT 0,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (first_day <= last_day)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX volunteer_term_org ON volunteer_term (city, org);

-- volunteer_need: how many people a site wants in a term, for how many it has room, and what they must be able to do.
CREATE TABLE volunteer_need (
  city TEXT NOT NULL, term TEXT NOT NULL, place TEXT NOT NULL,
  people BIGINT NOT NULL CHECK (people BETWEEN 0 AND 500), room BIGINT NOT NULL CHECK (room BETWEEN 1 AND 500),
  asks BIGINT NOT NULL CHECK (asks BETWEEN 0 AND 65535),
  PRIMARY KEY (city, term, place),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id),
  CHECK (people <= room)
) /*sqlite WITHOUT ROWID*/;

-- volunteer_pair: a group at a site for a term, with what spoke for it when it was put there. A locked pair was decided by hand.
CREATE TABLE volunteer_pair (
  city TEXT NOT NULL, term TEXT NOT NULL, grp TEXT NOT NULL, place TEXT NOT NULL,
  locked BIGINT NOT NULL CHECK (locked IN (0, 1)),
  metres BIGINT NOT NULL CHECK (metres >= 0), size BIGINT NOT NULL CHECK (size > 0), known BIGINT NOT NULL CHECK (known IN (0, 1)),
  PRIMARY KEY (city, term, grp),
  FOREIGN KEY (city, term, place) REFERENCES volunteer_need (city, term, place),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX volunteer_pair_group ON volunteer_pair (city, grp);
CREATE INDEX volunteer_pair_place ON volunteer_pair (city, term, place);

-- volunteer_ban: it was decided by hand that a group does not go to a site in a term.
CREATE TABLE volunteer_ban (
  city TEXT NOT NULL, term TEXT NOT NULL, grp TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (city, term, grp, place),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id)
) /*sqlite WITHOUT ROWID*/;
