-- Who wrote a version last, and from which day on nobody publishes what she wrote herself.
-- +goose Up
ALTER TABLE rule_version ADD COLUMN edited_by TEXT NOT NULL DEFAULT '';

CREATE TABLE rule_setting (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) /*sqlite WITHOUT ROWID*/;
