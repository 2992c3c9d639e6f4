-- +goose Up
-- place_check: somebody has looked at a place, and what was found of each thing looked at. until_day is the last day for which it holds.
CREATE TABLE place_check (
  city TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL,
  on_day TEXT NOT NULL, until_day TEXT NOT NULL,
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
  inspector TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, place) REFERENCES place (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX place_check_place ON place_check (city, place, kind, on_day);
CREATE TABLE place_check_item (
  city TEXT NOT NULL, of_check TEXT NOT NULL, item TEXT NOT NULL,
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)), note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, of_check, item)
) /*sqlite WITHOUT ROWID*/;

-- care_season: what an edition of child care says beside any other edition.
CREATE TABLE care_season (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('summer', 'winter', 'weekend', 'term', 'open')),
  largest BIGINT NOT NULL CHECK (largest BETWEEN 1 AND 45), per_adult BIGINT NOT NULL CHECK (per_adult BETWEEN 1 AND 20),
  PRIMARY KEY (city, edition)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE care_class (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, edition TEXT NOT NULL,
  place TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', hours TEXT NOT NULL,
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 0 AND 18), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 0 AND 18),
  places BIGINT NOT NULL CHECK (places > 0), adults BIGINT NOT NULL CHECK (adults > 0),
  lead TEXT NOT NULL, first_day TEXT NOT NULL DEFAULT '',     -- the season's, once it is offered
  roll TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('proposed', 'offered', 'cancelled')),
  proposed_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_class_edition ON care_class (city, edition, state);
CREATE INDEX care_class_org ON care_class (city, org);
CREATE UNIQUE INDEX care_class_roll ON care_class (city, roll) WHERE roll <> '';
