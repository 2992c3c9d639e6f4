-- +goose Up
-- place: closed by hand on a day; edited by hand at an instant, so that undoing the delivery that brought it leaves it;
-- and the row of the same place that a delivery's newer one stands for.
ALTER TABLE place ADD COLUMN closed TEXT NOT NULL DEFAULT '';
ALTER TABLE place ADD COLUMN edited_at BIGINT NOT NULL DEFAULT 0 CHECK (edited_at >= 0);
ALTER TABLE place ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
