-- +goose Up
-- volunteer_certificate: what was certified of somebody's service (志愿服务记录证明), as it was issued. Her name and her number are not
-- copied. code is what a stranger asks by whether it holds.
CREATE TABLE volunteer_certificate (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, code TEXT NOT NULL,
  volunteer TEXT NOT NULL, person TEXT NOT NULL, org TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes > 0), times BIGINT NOT NULL CHECK (times > 0),
  content TEXT NOT NULL,
  head TEXT NOT NULL, handler TEXT NOT NULL, phone TEXT NOT NULL, remarks TEXT NOT NULL DEFAULT '',
  issued_by TEXT NOT NULL, issued_at BIGINT NOT NULL,
  revoked_by TEXT NOT NULL DEFAULT '', revoked_at BIGINT NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  UNIQUE (city, code),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (first_day <= last_day)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX volunteer_certificate_person ON volunteer_certificate (city, person);
CREATE INDEX volunteer_certificate_volunteer ON volunteer_certificate (city, volunteer);
CREATE INDEX volunteer_certificate_org ON volunteer_certificate (city, org);
