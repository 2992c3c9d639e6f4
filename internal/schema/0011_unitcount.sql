-- +goose Up
-- unit_count: how many members work, learn or live at each unit that a source's own columns name, as counted with the
-- figures of a delivery. The list of units reads it, since counting them takes seconds in a large city.
CREATE TABLE unit_count (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, kind TEXT NOT NULL, org TEXT NOT NULL DEFAULT '', unit TEXT NOT NULL DEFAULT '',
  members BIGINT NOT NULL CHECK (members > 0),
  PRIMARY KEY (city, delivery, kind, org, unit)
) /*sqlite WITHOUT ROWID*/;
INSERT INTO unit_count (city, delivery, kind, org, unit, members)
  SELECT u.city, f.delivery, u.kind, COALESCE(u.org, ''), u.unit, COUNT(DISTINCT u.person)
  FROM (SELECT city, MAX(delivery) AS delivery FROM figure WHERE kind = 'made' GROUP BY city) f
  JOIN tie u ON u.city = f.city AND u.kind IN ('employee', 'pupil', 'resident')
  JOIN person p ON p.city = u.city AND p.id = u.person AND p.merged_into IS NULL
    AND p.since NOT IN (SELECT d.seq FROM delivery d WHERE d.city = p.city AND d.hidden = 1)
  WHERE u.since NOT IN (SELECT d.seq FROM delivery d WHERE d.city = u.city AND d.hidden = 1)
    AND (u.until = 0 OR u.until IN (SELECT d.seq FROM delivery d WHERE d.city = u.city AND d.hidden = 1))
    AND EXISTS (SELECT 1 FROM tie t WHERE t.city = u.city AND t.person = u.person AND t.kind = 'member'
      AND t.since NOT IN (SELECT d.seq FROM delivery d WHERE d.city = t.city AND d.hidden = 1)
      AND (t.until = 0 OR t.until IN (SELECT d.seq FROM delivery d WHERE d.city = t.city AND d.hidden = 1)))
  GROUP BY u.city, f.delivery, u.kind, COALESCE(u.org, ''), u.unit;
