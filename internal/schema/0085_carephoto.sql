-- +goose Up
-- care_photo: a photograph of a class; its id is that of the document that holds it. of_check is the check of its site that it belongs to,
-- '' where it is for the closing report. last_day is the last of the season: it is kept for two years more.
CREATE TABLE care_photo (
  city TEXT NOT NULL, id TEXT NOT NULL, class TEXT NOT NULL, of_check TEXT NOT NULL,
  says TEXT NOT NULL, last_day TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_photo_class ON care_photo (city, class, id);
CREATE INDEX care_photo_over ON care_photo (city, last_day);
-- care_photo_child: a child who can be recognised on a photograph.
CREATE TABLE care_photo_child (
  city TEXT NOT NULL, photo TEXT NOT NULL, child TEXT NOT NULL,
  PRIMARY KEY (city, photo, child)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX care_photo_child_child ON care_photo_child (city, child);
