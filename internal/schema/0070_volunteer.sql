-- +goose Up
-- volunteer: somebody who wants to serve, as she has said it. skills and free are sets of words of the service, a bit each.
CREATE TABLE volunteer (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  person TEXT NOT NULL, org TEXT NOT NULL,
  skills BIGINT NOT NULL CHECK (skills BETWEEN 0 AND 65535),
  free BIGINT NOT NULL CHECK (free BETWEEN 0 AND 63),
  says TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('applied', 'admitted', 'refused', 'left', 'merged')),
  note TEXT NOT NULL DEFAULT '',                           -- why she was refused
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX volunteer_person ON volunteer (city, person);
CREATE INDEX volunteer_org ON volunteer (city, org, state);
CREATE INDEX volunteer_queue ON volunteer (city, state, made_at, id);

-- volunteer_group: people who go together, such as a college class. members counts those who are in it: whoever joins changes it first.
CREATE TABLE volunteer_group (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('class', 'club', 'branch')),
  org TEXT NOT NULL,                                       -- where it belongs and sets out from
  leader TEXT NOT NULL, code TEXT NOT NULL,
  most BIGINT NOT NULL CHECK (most BETWEEN 2 AND 60),
  members BIGINT NOT NULL CHECK (members >= 0),
  ended_at BIGINT NOT NULL DEFAULT 0,
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  UNIQUE (city, code),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  FOREIGN KEY (city, leader) REFERENCES volunteer (city, id),
  CHECK (members <= most)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX volunteer_group_org ON volunteer_group (city, org);

-- volunteer_member: who is in a group; ended_at is 0 while she is, and she is in one at a time.
CREATE TABLE volunteer_member (
  city TEXT NOT NULL, grp TEXT NOT NULL, volunteer TEXT NOT NULL,
  joined_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, grp, volunteer),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE UNIQUE INDEX volunteer_member_counts ON volunteer_member (city, volunteer) WHERE ended_at = 0;
