-- +goose Up
-- How many people work for an employer, in its own words; NULL where it says nothing.
ALTER TABLE org ADD COLUMN staff BIGINT CHECK (staff BETWEEN 0 AND 1000000);
