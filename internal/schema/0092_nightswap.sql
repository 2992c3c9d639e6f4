-- +goose Up
-- night_swap: whoever has a seat asks another, by her receipt, to exchange seats. One row stands for the asker's seat; a new question takes the place of one that is over.
CREATE TABLE night_swap (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL,                -- the asker's seat
  to_roll TEXT NOT NULL, to_turn BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'refused', 'withdrawn')),
  made_at BIGINT NOT NULL, until_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX night_swap_to ON night_swap (city, to_roll, to_turn);
