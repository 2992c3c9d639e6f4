-- +goose Up
-- account: by which kind of paper its person was proved, and when the phone was last seen to be hers.
ALTER TABLE account ADD COLUMN person_paper TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN person_at BIGINT NOT NULL DEFAULT 0 CHECK (person_at >= 0);
