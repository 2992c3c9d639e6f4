-- +goose Up
-- What begins soon is looked for every few minutes.
CREATE INDEX timetable_session_coming ON timetable_session (city, starts_at) WHERE state = 'planned';
