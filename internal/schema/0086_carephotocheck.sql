-- +goose Up
-- Photographs of a check are those of its site, whichever class it was made for.
CREATE INDEX care_photo_check ON care_photo (city, of_check, id) WHERE of_check <> '';
