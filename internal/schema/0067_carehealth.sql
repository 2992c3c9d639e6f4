-- +goose Up
-- care_health: what a family has said of a child's health and food, for those who look after her in one class (照看须知). Sealed.
-- last_day is the last of her season: it is kept for a few days more.
CREATE TABLE care_health (
  city TEXT NOT NULL, roll TEXT NOT NULL, child TEXT NOT NULL,
  content BYTEA NOT NULL, last_day TEXT NOT NULL,
  given_by TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, child)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_health_child ON care_health (city, child);
CREATE INDEX care_health_over ON care_health (city, last_day);
CREATE INDEX timetable_leader_asked ON timetable_leader (city, session, person) WHERE asked <> '';
