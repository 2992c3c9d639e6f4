-- +goose Up
-- density: youth counts per village and the figures made of them.
CREATE TABLE youth_count (
  city TEXT NOT NULL, village TEXT NOT NULL, band TEXT NOT NULL, since BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 0), until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, village, band, since),
  FOREIGN KEY (city, village) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;

-- figure: the stored family of one delivery (or of the state after it): node × kind × band. shown = 0 is hidden from
-- every reader without list rights; why says whether first ('small') or to protect another ('with').
CREATE TABLE figure (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, org TEXT NOT NULL, kind TEXT NOT NULL, band TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 0), shown BIGINT NOT NULL CHECK (shown IN (0, 1)), why TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, delivery, org, kind, band)
) /*sqlite WITHOUT ROWID*/;

-- blind_spot: what was done about a place with many young people and few organisations.
CREATE TABLE blind_spot (
  city TEXT NOT NULL, id TEXT NOT NULL, delivery BIGINT NOT NULL, org TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL DEFAULT '',
  rank BIGINT NOT NULL, score BIGINT NOT NULL, reason TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL CHECK (state IN ('open', 'assigned', 'to_visit', 'dismissed')),
  matter TEXT, note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, delivery, org, kind, unit),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX blind_spot_rank ON blind_spot (city, delivery, rank);
