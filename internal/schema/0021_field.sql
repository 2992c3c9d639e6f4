-- +goose Up
-- Records that forms refer to (名单): each accepted answer adds a version, and what a record says follows from all of them.
CREATE TABLE record_list (
  city TEXT NOT NULL, id TEXT NOT NULL,
  org TEXT NOT NULL, name TEXT NOT NULL,                  -- whose forms save to it, and as they call it
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, org, name),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE TABLE record (
  city TEXT NOT NULL, list TEXT NOT NULL, id TEXT NOT NULL, -- the id is made where the record is, also on a phone
  org TEXT NOT NULL,
  heads TEXT NOT NULL DEFAULT '',                         -- the versions that nothing follows; empty while the first is not here yet
  label TEXT NOT NULL DEFAULT '',
  content TEXT NOT NULL DEFAULT '{}', sealed BYTEA,
  disputed TEXT NOT NULL DEFAULT '',                      -- names of what two people changed differently, separated by blanks
  matter TEXT NOT NULL DEFAULT '',                        -- in which a supervisor is asked
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, list, id),
  FOREIGN KEY (city, list) REFERENCES record_list (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX record_org ON record (city, org, list);
CREATE INDEX record_age ON record (city, edited_at);
CREATE INDEX record_disputed ON record (city, list, id) WHERE disputed <> '' OR matter <> '';
CREATE TABLE record_version (
  city TEXT NOT NULL, list TEXT NOT NULL, record TEXT NOT NULL, id TEXT NOT NULL,
  after TEXT NOT NULL,                                    -- the versions that were known when it was made, separated by blanks
  org TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '',
  content TEXT NOT NULL, sealed BYTEA,
  made_by TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (city, list, record, id),
  FOREIGN KEY (city, list, record) REFERENCES record (city, list, id)
);
-- A form that somebody is to take along (外勤任务): a person, or whoever holds a role at an organisation or below it.
CREATE TABLE field_task (
  city TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL, org TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '', role TEXT NOT NULL DEFAULT '',
  due TEXT NOT NULL DEFAULT '', target BIGINT NOT NULL DEFAULT 0 CHECK (target BETWEEN 0 AND 100000),
  note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  CHECK ((account = '') <> (role = '')),
  FOREIGN KEY (city, form) REFERENCES form (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX field_task_form ON field_task (city, form);
CREATE INDEX field_task_account ON field_task (city, account) WHERE account <> '';
CREATE INDEX field_task_org ON field_task (city, org);
-- The key under which a phone keeps what it has not sent. It is given out to its owner after a log-in.
CREATE TABLE field_device (
  city TEXT NOT NULL, account TEXT NOT NULL, device TEXT NOT NULL,
  secret BYTEA NOT NULL,
  skew BIGINT NOT NULL DEFAULT 0,                         -- how far its clock was behind when it was seen last, microseconds
  made_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, device)
);
CREATE INDEX field_device_device ON field_device (city, device);
CREATE INDEX field_device_age ON field_device (city, seen_at);
-- Files on their way, piece by piece.
CREATE TABLE field_upload (
  city TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL,
  form TEXT NOT NULL, question TEXT NOT NULL, name TEXT NOT NULL,
  bytes BIGINT NOT NULL CHECK (bytes > 0), have BIGINT NOT NULL DEFAULT 0 CHECK (have >= 0 AND have <= bytes),
  value TEXT NOT NULL DEFAULT '',                         -- what stands as the answer, once it is whole
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, id)
);
CREATE INDEX field_upload_age ON field_upload (city, made_at);
CREATE TABLE field_piece (
  city TEXT NOT NULL, account TEXT NOT NULL, upload TEXT NOT NULL, at BIGINT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (city, account, upload, at),
  FOREIGN KEY (city, account, upload) REFERENCES field_upload (city, account, id)
);
-- How an answer came from a phone. The phone's own id of it is unique, so that it is taken once however often it is sent.
CREATE TABLE field_answer (
  city TEXT NOT NULL, client TEXT NOT NULL, answer TEXT NOT NULL,
  account TEXT NOT NULL, device TEXT NOT NULL,
  made_at BIGINT NOT NULL, skew BIGINT NOT NULL,          -- when it was filled in, by the server's clock, and how far the phone's was behind
  app TEXT NOT NULL DEFAULT '', brought_by TEXT NOT NULL DEFAULT '', -- who imported it from a file
  PRIMARY KEY (city, client)
);
CREATE INDEX field_answer_answer ON field_answer (city, answer);
CREATE INDEX field_answer_account ON field_answer (city, account, made_at);
