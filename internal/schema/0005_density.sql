-- +goose Up
-- figure: why a figure is hidden is told nobody, so it is not kept: whether it is small follows from n.
ALTER TABLE figure DROP COLUMN why;
