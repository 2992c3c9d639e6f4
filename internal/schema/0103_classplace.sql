-- +goose Up
-- Which classes are held at a site is asked for each duty of volunteers there.
CREATE INDEX care_class_place ON care_class (city, place);
