-- +goose Up
-- How many days after the last lesson learners may say how a course was, and change it.
ALTER TABLE night_rule ADD COLUMN rate_days BIGINT NOT NULL DEFAULT 14 CHECK (rate_days BETWEEN 1 AND 90);
ALTER TABLE night_term ADD COLUMN rate_days BIGINT NOT NULL DEFAULT 14;

-- night_feedback: what a learner thinks of a course (评价). The desk and the teacher read the words without a name.
CREATE TABLE night_feedback (
  city TEXT NOT NULL, course TEXT NOT NULL, person TEXT NOT NULL,
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5), words TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, course, person),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) /*sqlite WITHOUT ROWID*/;
