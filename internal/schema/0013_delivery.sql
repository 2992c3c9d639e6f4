-- +goose Up
-- delivery: when it was undone or given up, and when its file was destroyed. What ended before this was known is taken to
-- have ended when it was last heard of.
ALTER TABLE delivery ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0 CHECK (ended_at >= 0);
ALTER TABLE delivery ADD COLUMN file_gone BIGINT NOT NULL DEFAULT 0 CHECK (file_gone >= 0);
UPDATE delivery SET ended_at = CASE WHEN shown_at > 0 THEN shown_at ELSE made_at END WHERE state IN ('undone', 'abandoned');
