-- +goose Up
-- How many organisations lie below one is counted for its page, from an index alone.
CREATE INDEX org_below ON org (city, path, closed, since, until);
