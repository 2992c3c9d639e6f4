-- What the migrations amount to on SQLite, in order of the tables' names. It is written by
-- go test ./internal/schema -update and read in reviews; the program never runs it.

CREATE TABLE account (
  city TEXT NOT NULL, id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('staff', 'public')),
  login TEXT, name TEXT NOT NULL, desk TEXT,
  person TEXT,
  phone BYTEA, phone_look BYTEA, password TEXT NOT NULL DEFAULT '', must_change BIGINT NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
  totp BYTEA, totp_step BIGINT NOT NULL DEFAULT 0,
  failures BIGINT NOT NULL DEFAULT 0 CHECK (failures >= 0), locked_until BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended', 'closed')),
  lang TEXT NOT NULL DEFAULT 'zh-CN',
  made_at BIGINT NOT NULL, person_paper TEXT NOT NULL DEFAULT '', person_at BIGINT NOT NULL DEFAULT 0 CHECK (person_at >= 0),
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, desk) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX account_login ON account (city, login) WHERE login IS NOT NULL;
CREATE UNIQUE INDEX account_phone ON account (city, phone_look) WHERE phone_look IS NOT NULL;

CREATE TABLE act (
  city         TEXT   NOT NULL,
  id           TEXT   NOT NULL,
  at           BIGINT NOT NULL CHECK (at > 0),  -- microseconds UTC
  actor        TEXT   NOT NULL,
  verb         TEXT   NOT NULL CHECK (verb <> ''),
  subject      TEXT   NOT NULL,
  key_id       TEXT   NOT NULL,
  session      TEXT   NOT NULL,
  content_hash BYTEA  NOT NULL,                 -- SHA-256(salt, change)
  once         TEXT,                            -- idempotency key, bound to its user
  answer       BYTEA,                           -- what the act answered under that key
  seq          BIGINT CHECK (seq > 0),
  PRIMARY KEY (city, id),
  UNIQUE (city, once),
  UNIQUE (city, seq)
) WITHOUT ROWID;
CREATE INDEX act_by_actor ON act (city, actor, id);
CREATE INDEX act_by_subject ON act (city, subject, id);
CREATE INDEX act_by_verb ON act (city, verb, id);
CREATE INDEX act_unsealed ON act (city, at, id) WHERE seq IS NULL;

CREATE TABLE act_content (
  city   TEXT  NOT NULL,
  act    TEXT  NOT NULL,
  salt   BYTEA NOT NULL,
  change TEXT  NOT NULL,                        -- canonical JSON
  PRIMARY KEY (city, act)
) WITHOUT ROWID;

CREATE TABLE act_epoch (
  city  TEXT   NOT NULL,
  epoch BIGINT NOT NULL CHECK (epoch > 0),      -- when it was opened, microseconds UTC
  first BIGINT NOT NULL CHECK (first > 0),      -- seq of its first act
  head  TEXT   NOT NULL,                        -- signed head of the epoch before, empty in the first
  PRIMARY KEY (city, epoch),
  UNIQUE (city, head)                           -- no head is continued twice, not even by two processes at once
) WITHOUT ROWID;

CREATE TABLE act_hash (
  city   TEXT   NOT NULL,
  epoch  BIGINT NOT NULL,
  leaf   BIGINT NOT NULL CHECK (leaf >= 0),     -- 0 is the leaf that opens the epoch
  hashes BYTEA  NOT NULL,
  PRIMARY KEY (city, epoch, leaf)
) WITHOUT ROWID;

CREATE TABLE act_head (
  city  TEXT   NOT NULL,
  epoch BIGINT NOT NULL,
  size  BIGINT NOT NULL CHECK (size > 0),       -- leaves, the opening one included
  at    BIGINT NOT NULL,
  note  TEXT   NOT NULL,
  PRIMARY KEY (city, epoch, size)
) WITHOUT ROWID;

CREATE TABLE answer (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  form TEXT NOT NULL, version BIGINT NOT NULL, org TEXT NOT NULL,
  link TEXT NOT NULL DEFAULT '',                          -- the address by which it came, or nothing
  account TEXT NOT NULL DEFAULT '',                       -- who answered, where signed in
  entered_by TEXT NOT NULL DEFAULT '',                    -- the clerk who copied it from paper
  receipt BYTEA,                                          -- hash of the words by which who was not signed in finds it again
  content TEXT NOT NULL,                                  -- answers of open and personal questions
  sealed BYTEA,                                           -- those of the others
  state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn')),
  at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, form, version) REFERENCES form_version (city, form, seq),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX answer_account ON answer (city, account, id) WHERE account <> '';
CREATE INDEX answer_form ON answer (city, form, id);

CREATE TABLE answer_file (
  city TEXT NOT NULL, id TEXT NOT NULL,
  form TEXT NOT NULL, question TEXT NOT NULL,             -- for which it was handed in; it answers no other
  answer TEXT NOT NULL DEFAULT '',                        -- empty while it is on its way
  file TEXT NOT NULL, type TEXT NOT NULL, bytes BIGINT NOT NULL CHECK (bytes > 0),
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX answer_file_age ON answer_file (city, made_at) WHERE answer = '';
CREATE INDEX answer_file_answer ON answer_file (city, answer, id);
CREATE INDEX answer_file_hash ON answer_file (city, file);

CREATE TABLE api_token (
  city TEXT NOT NULL, token BYTEA NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, name TEXT NOT NULL,
  made_at BIGINT NOT NULL, expires BIGINT NOT NULL, revoked_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, token),
  UNIQUE (city, id)
) WITHOUT ROWID;

CREATE TABLE bank_item (
  city TEXT NOT NULL, key TEXT NOT NULL,
  label TEXT NOT NULL, kind TEXT NOT NULL, choices TEXT NOT NULL DEFAULT '[]',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, key)
);

CREATE TABLE blind_spot (
  city TEXT NOT NULL, id TEXT NOT NULL, delivery BIGINT NOT NULL, org TEXT NOT NULL, kind TEXT NOT NULL, unit TEXT NOT NULL DEFAULT '',
  rank BIGINT NOT NULL, score BIGINT NOT NULL, reason TEXT NOT NULL DEFAULT '[]',
  state TEXT NOT NULL CHECK (state IN ('open', 'assigned', 'to_visit', 'dismissed')),
  matter TEXT, note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, delivery, org, kind, unit),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX blind_spot_rank ON blind_spot (city, delivery, rank);

CREATE TABLE boundary (
  city TEXT NOT NULL, org TEXT NOT NULL, geojson TEXT NOT NULL,
  crs TEXT NOT NULL, origin TEXT NOT NULL, schematic BIGINT NOT NULL DEFAULT 0 CHECK (schematic IN (0, 1)),
  PRIMARY KEY (city, org),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);

CREATE TABLE calendar_feed (
  city TEXT NOT NULL, account TEXT NOT NULL, slot BIGINT NOT NULL CHECK (slot BETWEEN 1 AND 5),
  id TEXT NOT NULL, token BYTEA NOT NULL, lang TEXT NOT NULL,
  made_at BIGINT NOT NULL, read_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, account, slot),
  UNIQUE (city, id),
  UNIQUE (city, token)
) WITHOUT ROWID;

CREATE TABLE care_absence (
  city TEXT NOT NULL, class TEXT NOT NULL, on_day TEXT NOT NULL, matter TEXT NOT NULL, open BIGINT NOT NULL DEFAULT 1 CHECK (open IN (0, 1)),
  PRIMARY KEY (city, class, on_day)
) WITHOUT ROWID;
CREATE INDEX care_absence_open ON care_absence (city, on_day) WHERE open = 1;

CREATE TABLE care_call (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  result TEXT NOT NULL CHECK (result IN ('yes', 'no', 'thinks', 'silent', 'wrong')),
  note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn, no)
) WITHOUT ROWID;

CREATE TABLE care_claim (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL,
  claimed BIGINT NOT NULL CHECK (claimed BETWEEN 1 AND 98),       -- the group
  found TEXT NOT NULL CHECK (found IN ('so', 'not')),
  note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) WITHOUT ROWID;

CREATE TABLE care_class (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, edition TEXT NOT NULL,
  place TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', hours TEXT NOT NULL,
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 0 AND 18), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 0 AND 18),
  places BIGINT NOT NULL CHECK (places > 0), adults BIGINT NOT NULL CHECK (adults > 0),
  lead TEXT NOT NULL, first_day TEXT NOT NULL DEFAULT '',     -- the season's, once it is offered
  roll TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('proposed', 'offered', 'cancelled')),
  proposed_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX care_class_edition ON care_class (city, edition, state);
CREATE INDEX care_class_org ON care_class (city, org);
CREATE INDEX care_class_place ON care_class (city, place);
CREATE UNIQUE INDEX care_class_roll ON care_class (city, roll) WHERE roll <> '';

CREATE TABLE care_collector (
  city TEXT NOT NULL, id TEXT NOT NULL, child TEXT NOT NULL,
  name TEXT NOT NULL, relation TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id)
) WITHOUT ROWID;
CREATE INDEX care_collector_child ON care_collector (city, child);

CREATE TABLE care_health (
  city TEXT NOT NULL, roll TEXT NOT NULL, child TEXT NOT NULL,
  content BYTEA NOT NULL, last_day TEXT NOT NULL,
  given_by TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, child)
) WITHOUT ROWID;
CREATE INDEX care_health_child ON care_health (city, child);
CREATE INDEX care_health_over ON care_health (city, last_day);

CREATE TABLE care_photo (
  city TEXT NOT NULL, id TEXT NOT NULL, class TEXT NOT NULL, of_check TEXT NOT NULL,
  says TEXT NOT NULL, last_day TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id)
) WITHOUT ROWID;
CREATE INDEX care_photo_check ON care_photo (city, of_check, id) WHERE of_check <> '';
CREATE INDEX care_photo_class ON care_photo (city, class, id);
CREATE INDEX care_photo_over ON care_photo (city, last_day);

CREATE TABLE care_photo_child (
  city TEXT NOT NULL, photo TEXT NOT NULL, child TEXT NOT NULL,
  PRIMARY KEY (city, photo, child)
) WITHOUT ROWID;
CREATE INDEX care_photo_child_child ON care_photo_child (city, child);

CREATE TABLE care_report (
  city TEXT NOT NULL, id TEXT NOT NULL, client TEXT NOT NULL,
  matter TEXT NOT NULL, class TEXT NOT NULL, child TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN ('seen', 'duty', 'incident')), code TEXT NOT NULL,
  severity BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 3),
  found_at BIGINT NOT NULL, content BYTEA NOT NULL,
  due_at BIGINT NOT NULL, top BIGINT NOT NULL DEFAULT 0 CHECK (top IN (0, 1)),
  stopped_at BIGINT NOT NULL DEFAULT 0, family_at BIGINT NOT NULL DEFAULT 0, closed_at BIGINT NOT NULL DEFAULT 0,
  account TEXT NOT NULL, device TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, client)
) WITHOUT ROWID;
CREATE INDEX care_report_child ON care_report (city, child) WHERE child <> '';
CREATE INDEX care_report_class ON care_report (city, class, found_at);
CREATE INDEX care_report_due ON care_report (city, due_at) WHERE stopped_at = 0 AND closed_at = 0 AND top = 0;

CREATE TABLE care_report_step (
  city TEXT NOT NULL, report TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL CHECK (kind IN ('taken', 'police', 'family', 'told', 'note', 'reader', 'lifted', 'closed')),
  at BIGINT NOT NULL, content BYTEA NOT NULL,
  account TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, report, no),
  FOREIGN KEY (city, report) REFERENCES care_report (city, id)
) WITHOUT ROWID;

CREATE TABLE care_season (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('summer', 'winter', 'weekend', 'term', 'open')),
  largest BIGINT NOT NULL CHECK (largest BETWEEN 1 AND 45), per_adult BIGINT NOT NULL CHECK (per_adult BETWEEN 1 AND 20), ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, edition)
) WITHOUT ROWID;

CREATE TABLE care_topic (
  city TEXT NOT NULL, session TEXT NOT NULL, topic TEXT NOT NULL CHECK (topic IN ('theory', 'homework', 'activity', 'company', 'mind', 'safety')),
  class TEXT NOT NULL,
  PRIMARY KEY (city, session, topic)
) WITHOUT ROWID;
CREATE INDEX care_topic_class ON care_topic (city, class);

CREATE TABLE clearance (
  city TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, org TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('check', 'training', 'agreement', 'guardian')),
  result TEXT NOT NULL CHECK (result IN ('asked', 'passed', 'failed')),
  decided BIGINT NOT NULL CHECK (decided IN (0, 1)),
  on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  issuer TEXT NOT NULL,
  reminder TEXT NOT NULL DEFAULT '',                                -- the matter in which somebody is asked to renew it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL DEFAULT 0, ended_by TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK ((result = 'asked') = (decided = 0))
) WITHOUT ROWID;
CREATE UNIQUE INDEX clearance_counts ON clearance (city, person, kind, decided) WHERE ended_at = 0;
CREATE INDEX clearance_org ON clearance (city, org);
CREATE INDEX clearance_person ON clearance (city, person);
CREATE INDEX clearance_until ON clearance (city, until_day, id) WHERE ended_at = 0;

CREATE TABLE clearance_rule (
  city TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('check', 'training', 'agreement', 'guardian')), from_day TEXT NOT NULL,
  needed BIGINT NOT NULL CHECK (needed IN (0, 1)),
  months BIGINT NOT NULL CHECK (months BETWEEN 0 AND 120),         -- 0: as long as it says itself
  below_age BIGINT NOT NULL DEFAULT 0 CHECK (below_age BETWEEN 0 AND 30), -- asked of who is younger; 0: of everybody
  source TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, kind, from_day)
) WITHOUT ROWID;

CREATE TABLE code (
  city TEXT NOT NULL, phone_look BYTEA NOT NULL, at BIGINT NOT NULL,
  hash BYTEA NOT NULL, tries BIGINT NOT NULL DEFAULT 0, used BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, phone_look, at)
) WITHOUT ROWID;

CREATE TABLE consent (
  city TEXT NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, given_by TEXT NOT NULL,
  purpose TEXT NOT NULL, version TEXT NOT NULL,
  given_at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  UNIQUE (city, person, purpose, version, given_at),
  FOREIGN KEY (city, person) REFERENCES person (city, id)
) WITHOUT ROWID;

CREATE TABLE delivery (
  city TEXT NOT NULL, seq BIGINT NOT NULL CHECK (seq > 0),
  source TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('checking', 'checked', 'applying', 'visible', 'undone', 'abandoned')),
  hidden BIGINT NOT NULL DEFAULT 1 CHECK (hidden IN (0, 1)),
  previous BIGINT NOT NULL DEFAULT 0,
  file TEXT NOT NULL, file_name TEXT NOT NULL,
  as_of TEXT NOT NULL,
  report TEXT NOT NULL DEFAULT '{}',
  rows BIGINT NOT NULL DEFAULT 0, bad BIGINT NOT NULL DEFAULT 0, warned BIGINT NOT NULL DEFAULT 0,
  fresh BIGINT NOT NULL DEFAULT 0, changed BIGINT NOT NULL DEFAULT 0, gone BIGINT NOT NULL DEFAULT 0,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, shown_at BIGINT NOT NULL DEFAULT 0, ended_at BIGINT NOT NULL DEFAULT 0 CHECK (ended_at >= 0), file_gone BIGINT NOT NULL DEFAULT 0 CHECK (file_gone >= 0),
  PRIMARY KEY (city, seq),
  FOREIGN KEY (city, source) REFERENCES source (city, id)
);
CREATE INDEX delivery_hidden ON delivery (city, seq) WHERE hidden = 1;
CREATE INDEX delivery_source ON delivery (city, source, seq);

CREATE TABLE delivery_step (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, step TEXT NOT NULL,
  done BIGINT NOT NULL DEFAULT 0, total BIGINT NOT NULL DEFAULT 0, at BIGINT NOT NULL,
  PRIMARY KEY (city, delivery, step)
) WITHOUT ROWID;

CREATE TABLE document (
  city TEXT NOT NULL, id TEXT NOT NULL, hash TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size > 0), org TEXT NOT NULL, class TEXT NOT NULL, purpose TEXT NOT NULL,
  keep_until TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX document_hash ON document (city, hash);
CREATE INDEX document_keep ON document (city, keep_until);

CREATE TABLE edition (
  city TEXT NOT NULL, id TEXT NOT NULL,
  service TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '',
  mode TEXT NOT NULL CHECK (mode IN ('lottery', 'first_come', 'score')),
  opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL,
  paper_min BIGINT NOT NULL DEFAULT 0 CHECK (paper_min BETWEEN 0 AND 100000),
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  quota BIGINT NOT NULL DEFAULT 0 CHECK (quota >= 0), used BIGINT NOT NULL DEFAULT 0 CHECK (used >= 0),
  most BIGINT NOT NULL DEFAULT 1 CHECK (most BETWEEN 1 AND 99),
  offer_min BIGINT NOT NULL CHECK (offer_min BETWEEN 1 AND 100000),
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (opens_at < closes_at), CHECK (quota = 0 OR used <= quota)
) WITHOUT ROWID;
CREATE INDEX edition_org ON edition (city, org);
CREATE INDEX edition_service ON edition (city, service, state);

CREATE TABLE edition_group (
  city TEXT NOT NULL, edition TEXT NOT NULL, no BIGINT NOT NULL CHECK (no BETWEEN 1 AND 99),
  label TEXT NOT NULL, points BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, edition, no)
) WITHOUT ROWID;

CREATE TABLE enrolment (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  size BIGINT NOT NULL CHECK (size >= 0),
  grp BIGINT NOT NULL DEFAULT 1 CHECK (grp BETWEEN 1 AND 99), points BIGINT NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('entered', 'waiting', 'offered', 'placed', 'withdrawn', 'declined', 'lapsed', 'merged', 'cancelled')),
  place BIGINT NOT NULL DEFAULT 0,          -- in the order in which places are given; 0 before that is known
  found BIGINT NOT NULL DEFAULT -1,         -- how many places were free at its turn
  until_at BIGINT NOT NULL DEFAULT 0,       -- an offer's deadline
  way TEXT NOT NULL CHECK (way IN ('web', 'paper', 'phone')),
  signer TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, moved_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) WITHOUT ROWID;
CREATE INDEX enrolment_offered ON enrolment (city, until_at) WHERE state = 'offered';
CREATE INDEX enrolment_waiting ON enrolment (city, roll, place) WHERE state = 'waiting';

CREATE TABLE enrolment_draw (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  secret BYTEA NOT NULL, commitment TEXT NOT NULL, source TEXT NOT NULL, public TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, edition)
) WITHOUT ROWID;

CREATE TABLE enrolment_list (
  city TEXT NOT NULL, roll TEXT NOT NULL, file TEXT NOT NULL, listed_at BIGINT NOT NULL, drawn_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, roll)
);

CREATE TABLE enrolment_member (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  person TEXT NOT NULL, edition TEXT NOT NULL, ended BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, roll, turn, no)
) WITHOUT ROWID;
CREATE UNIQUE INDEX enrolment_member_person ON enrolment_member (city, person, roll, ended);

CREATE TABLE enrolment_roll (
  city TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL, serial TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('lottery', 'first_come', 'score')),
  places BIGINT NOT NULL CHECK (places >= 0), held BIGINT NOT NULL DEFAULT 0,
  turn BIGINT NOT NULL DEFAULT 0 CHECK (turn >= 0), moves BIGINT NOT NULL DEFAULT 0,
  most BIGINT NOT NULL, offer_min BIGINT NOT NULL,
  opens_at BIGINT NOT NULL, closes_at BIGINT NOT NULL, paper_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'listed', 'settled', 'cancelled')),
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  CHECK (held BETWEEN 0 AND places)
) WITHOUT ROWID;
CREATE INDEX enrolment_roll_edition ON enrolment_roll (city, edition);

CREATE TABLE field_answer (
  city TEXT NOT NULL, client TEXT NOT NULL, answer TEXT NOT NULL,
  account TEXT NOT NULL, device TEXT NOT NULL,
  made_at BIGINT NOT NULL, skew BIGINT NOT NULL,          -- when it was filled in, by the server's clock, and how far the phone's was behind
  app TEXT NOT NULL DEFAULT '', brought_by TEXT NOT NULL DEFAULT '', -- who imported it from a file
  PRIMARY KEY (city, client)
);
CREATE INDEX field_answer_account ON field_answer (city, account, made_at);
CREATE INDEX field_answer_answer ON field_answer (city, answer);

CREATE TABLE field_device (
  city TEXT NOT NULL, account TEXT NOT NULL, device TEXT NOT NULL,
  secret BYTEA NOT NULL,
  skew BIGINT NOT NULL DEFAULT 0,                         -- how far its clock was behind when it was seen last, microseconds
  made_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, device)
);
CREATE INDEX field_device_age ON field_device (city, seen_at);
CREATE INDEX field_device_device ON field_device (city, device);

CREATE TABLE field_piece (
  city TEXT NOT NULL, account TEXT NOT NULL, upload TEXT NOT NULL, at BIGINT NOT NULL,
  content BYTEA NOT NULL,
  PRIMARY KEY (city, account, upload, at),
  FOREIGN KEY (city, account, upload) REFERENCES field_upload (city, account, id)
);

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
CREATE INDEX field_task_account ON field_task (city, account) WHERE account <> '';
CREATE INDEX field_task_form ON field_task (city, form);
CREATE INDEX field_task_org ON field_task (city, org);

CREATE TABLE field_upload (
  city TEXT NOT NULL, account TEXT NOT NULL, id TEXT NOT NULL,
  form TEXT NOT NULL, question TEXT NOT NULL, name TEXT NOT NULL,
  bytes BIGINT NOT NULL CHECK (bytes > 0), have BIGINT NOT NULL DEFAULT 0 CHECK (have >= 0 AND have <= bytes),
  value TEXT NOT NULL DEFAULT '',                         -- what stands as the answer, once it is whole
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, id)
);
CREATE INDEX field_upload_age ON field_upload (city, made_at);

CREATE TABLE figure (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, org TEXT NOT NULL, kind TEXT NOT NULL, band TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 0), shown BIGINT NOT NULL CHECK (shown IN (0, 1)),
  PRIMARY KEY (city, delivery, org, kind, band)
) WITHOUT ROWID;

CREATE TABLE form (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  code TEXT NOT NULL, title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed')),
  version BIGINT NOT NULL DEFAULT 0 CHECK (version >= 0), -- the one that is filled in now, 0 before the first
  closes TEXT NOT NULL DEFAULT '',                        -- the last day on which it is filled in
  keep_days BIGINT NOT NULL CHECK (keep_days > 0),        -- answers are destroyed so many days after it was closed
  edited_at BIGINT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, code),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX form_org ON form (city, org);

CREATE TABLE form_draft (
  city TEXT NOT NULL, account TEXT NOT NULL, slug TEXT NOT NULL, form TEXT NOT NULL,
  version BIGINT NOT NULL, step BIGINT NOT NULL DEFAULT 0, lang BIGINT NOT NULL DEFAULT 0,
  content BYTEA NOT NULL,
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, slug),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_draft_age ON form_draft (city, edited_at);

CREATE TABLE form_export (
  city TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL,
  owner TEXT NOT NULL,                                    -- the account that asked; nobody else opens the file
  file TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
  bytes BIGINT NOT NULL, answers BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_export_age ON form_export (city, made_at);
CREATE INDEX form_export_owner ON form_export (city, owner, form, made_at);

CREATE TABLE form_file (
  city TEXT NOT NULL, form TEXT NOT NULL,
  name TEXT NOT NULL,                                     -- as the workbook calls it
  since BIGINT NOT NULL CHECK (since > 0),                -- the first version that uses it
  until BIGINT NOT NULL DEFAULT 0 CHECK (until >= 0),     -- the first that does no more; 0 while the next will
  file TEXT NOT NULL, type TEXT NOT NULL, bytes BIGINT NOT NULL CHECK (bytes > 0),
  items BIGINT NOT NULL DEFAULT 0 CHECK (items >= 0),     -- choices in it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, form, name, since),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);
CREATE INDEX form_file_hash ON form_file (city, file);

CREATE TABLE form_link (
  city TEXT NOT NULL, slug TEXT NOT NULL, form TEXT NOT NULL,
  org TEXT NOT NULL,                                      -- where its answers count
  name TEXT NOT NULL, until TEXT NOT NULL DEFAULT '', ended_at BIGINT NOT NULL DEFAULT 0,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, per_phone BIGINT NOT NULL DEFAULT 0 CHECK (per_phone >= 0),
  PRIMARY KEY (city, slug),
  FOREIGN KEY (city, form) REFERENCES form (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX form_link_form ON form_link (city, form);

CREATE TABLE form_phone (
  city TEXT NOT NULL, slug TEXT NOT NULL, phone TEXT NOT NULL, day TEXT NOT NULL,
  n BIGINT NOT NULL CHECK (n > 0), made_at BIGINT NOT NULL,
  PRIMARY KEY (city, slug, phone, day)
);
CREATE INDEX form_phone_age ON form_phone (city, made_at);

CREATE TABLE form_step (
  city TEXT NOT NULL, form TEXT NOT NULL,
  at BIGINT NOT NULL,                                     -- form.edited_at before the change: what its author saw
  what TEXT NOT NULL CHECK (what IN ('add', 'edit', 'move', 'remove', 'settings', 'upload')),
  about TEXT NOT NULL DEFAULT '',                         -- the question, by its name
  definition TEXT NOT NULL,                               -- before the change
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, form, at),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);

CREATE TABLE form_version (
  city TEXT NOT NULL, form TEXT NOT NULL, seq BIGINT NOT NULL CHECK (seq > 0),
  name TEXT NOT NULL DEFAULT '',                          -- as its author calls it
  definition TEXT NOT NULL,
  file TEXT NOT NULL DEFAULT '', file_name TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, published_at BIGINT NOT NULL DEFAULT 0, warnings TEXT NOT NULL DEFAULT '[]',
  PRIMARY KEY (city, form, seq),
  FOREIGN KEY (city, form) REFERENCES form (city, id)
);

CREATE TABLE guardianship (
  city TEXT NOT NULL, id TEXT NOT NULL, child TEXT NOT NULL, adult TEXT NOT NULL,
  relation TEXT NOT NULL, proof TEXT NOT NULL DEFAULT '',
  from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  restricted BIGINT NOT NULL DEFAULT 0 CHECK (restricted IN (0, 1)),
  PRIMARY KEY (city, id),
  UNIQUE (city, child, adult, from_day),
  CHECK (child <> adult),
  FOREIGN KEY (city, child) REFERENCES person (city, id),
  FOREIGN KEY (city, adult) REFERENCES person (city, id)
) WITHOUT ROWID;
CREATE INDEX guardianship_adult ON guardianship (city, adult);

CREATE TABLE holiday (
  city TEXT NOT NULL, day TEXT NOT NULL, off BIGINT NOT NULL CHECK (off IN (0, 1)), name TEXT NOT NULL, origin TEXT NOT NULL,
  year BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, day)
) WITHOUT ROWID;

CREATE TABLE industry (
  city TEXT NOT NULL, code TEXT NOT NULL,
  name TEXT NOT NULL, source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, code)
) WITHOUT ROWID;

CREATE TABLE invitation (
  city TEXT NOT NULL, token BYTEA NOT NULL, account TEXT NOT NULL,
  expires BIGINT NOT NULL, used_at BIGINT NOT NULL DEFAULT 0, made_by TEXT NOT NULL,
  PRIMARY KEY (city, token),
  FOREIGN KEY (city, account) REFERENCES account (city, id)
) WITHOUT ROWID;

CREATE TABLE job (
  city TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, args TEXT NOT NULL, owner TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'stopped')),
  done BIGINT NOT NULL DEFAULT 0, total BIGINT NOT NULL DEFAULT 0,
  note_key TEXT NOT NULL DEFAULT '', note_args TEXT NOT NULL DEFAULT '{}',
  result TEXT NOT NULL DEFAULT '', result_name TEXT NOT NULL DEFAULT '',
  tries BIGINT NOT NULL DEFAULT 0, made_at BIGINT NOT NULL, at BIGINT NOT NULL, lease BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id)
) WITHOUT ROWID;
CREATE INDEX job_owner ON job (city, owner, made_at);
CREATE INDEX job_waiting ON job (city, state, made_at);

CREATE TABLE legal_hold (
  city TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL CHECK (subject <> ''),
  reason TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL CHECK (made_at > 0),
  lifted_reason TEXT NOT NULL DEFAULT '', lifted_by TEXT NOT NULL DEFAULT '', lifted_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX legal_hold_subject ON legal_hold (city, subject) WHERE lifted_at = 0;

CREATE TABLE lesson_plan (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  account TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, kind TEXT NOT NULL,
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 3 AND 17), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 3 AND 17),
  minutes BIGINT NOT NULL CHECK (minutes BETWEEN 10 AND 240),
  materials TEXT NOT NULL, words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('submitted', 'approved', 'returned')),
  reason TEXT NOT NULL DEFAULT '', decided_by TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (age_from <= age_to)
) WITHOUT ROWID;
CREATE INDEX lesson_plan_account ON lesson_plan (city, account);
CREATE INDEX lesson_plan_org ON lesson_plan (city, org);
CREATE INDEX lesson_plan_state ON lesson_plan (city, state, kind);

CREATE TABLE lesson_rating (
  city TEXT NOT NULL, plan TEXT NOT NULL, account TEXT NOT NULL,
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5), at BIGINT NOT NULL,
  PRIMARY KEY (city, plan, account),
  FOREIGN KEY (city, plan) REFERENCES lesson_plan (city, id)
) WITHOUT ROWID;

CREATE TABLE lesson_use (
  city TEXT NOT NULL, session TEXT NOT NULL, plan TEXT NOT NULL, account TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, plan) REFERENCES lesson_plan (city, id)
) WITHOUT ROWID;
CREATE INDEX lesson_use_plan ON lesson_use (city, plan, account);

CREATE TABLE loan_application (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  venture TEXT NOT NULL, org TEXT NOT NULL, county TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '',                                  -- whose it is; empty where a clerk entered it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'review', 'returned', 'approved', 'refused', 'appealed', 'withdrawn', 'lapsed')),
  kind TEXT NOT NULL CHECK (kind IN ('individual', 'partnership', 'firm')),
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),              -- fen
  months BIGINT NOT NULL DEFAULT 0 CHECK (months >= 0),
  purpose TEXT NOT NULL DEFAULT '', method TEXT NOT NULL DEFAULT '', guarantee TEXT NOT NULL DEFAULT '',
  bank TEXT NOT NULL DEFAULT '', product TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL, entity TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '', industry TEXT NOT NULL, address TEXT NOT NULL DEFAULT '',
  began TEXT NOT NULL DEFAULT '',
  staff BIGINT NOT NULL DEFAULT 0 CHECK (staff >= 0), new_hires BIGINT NOT NULL DEFAULT 0 CHECK (new_hires >= 0),
  arrears BIGINT NOT NULL DEFAULT 0 CHECK (arrears IN (0, 1)),       -- of wages or social insurance
  earlier BIGINT NOT NULL DEFAULT 0 CHECK (earlier >= 0),            -- subsidised loans before this one
  overdue_before BIGINT NOT NULL DEFAULT 0 CHECK (overdue_before IN (0, 1)),
  promised TEXT NOT NULL DEFAULT '',                                 -- version of the promise that was agreed to
  submitted_at BIGINT NOT NULL DEFAULT 0, way TEXT NOT NULL DEFAULT '', version TEXT NOT NULL DEFAULT '',
  returned_by BIGINT NOT NULL DEFAULT 0, reply_due TEXT NOT NULL DEFAULT '', paused_on TEXT NOT NULL DEFAULT '',
  decided_at BIGINT NOT NULL DEFAULT 0, refused_by BIGINT NOT NULL DEFAULT 0, code TEXT NOT NULL DEFAULT '', appeal_until TEXT NOT NULL DEFAULT '',
  ok_amount BIGINT NOT NULL DEFAULT 0, ok_months BIGINT NOT NULL DEFAULT 0, ok_rate BIGINT NOT NULL DEFAULT 0, -- fen, months, millionths
  flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), priority TEXT NOT NULL DEFAULT '',
  female BIGINT NOT NULL DEFAULT 0 CHECK (female IN (0, 1)), group_code TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  FOREIGN KEY (city, county) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_application_account ON loan_application (city, account, id) WHERE account <> '';
CREATE INDEX loan_application_county ON loan_application (city, county, id);
CREATE INDEX loan_application_list ON loan_application (city, id, state, org, kind, serial, name);
CREATE INDEX loan_application_org ON loan_application (city, org, id);
CREATE INDEX loan_application_state ON loan_application (city, state, id, org, kind);
CREATE INDEX loan_application_venture ON loan_application (city, venture);

CREATE TABLE loan_bank_criteria (
  city TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('entry', 'exit')), from_day TEXT NOT NULL,
  items TEXT NOT NULL, source TEXT NOT NULL,                      -- items: one a line
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, kind, from_day)
) WITHOUT ROWID;

CREATE TABLE loan_bank_finding (
  city TEXT NOT NULL, review TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  item TEXT NOT NULL, met BIGINT NOT NULL CHECK (met IN (0, 1)), note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, review, no),
  FOREIGN KEY (city, review) REFERENCES loan_bank_review (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_bank_review (
  city TEXT NOT NULL, id TEXT NOT NULL, bank TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('entry', 'exit')),
  on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',       -- until: the last day on which the bank may offer
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
  reviewer TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_bank_review_bank ON loan_bank_review (city, bank, on_day);

CREATE TABLE loan_batch (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  bank TEXT NOT NULL, after_day TEXT NOT NULL, to_day TEXT NOT NULL,
  corrects TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('draft', 'filed', 'reviewed', 'approved', 'paid', 'arrived', 'returned', 'withdrawn')),
  due_day TEXT NOT NULL DEFAULT '',                       -- until when the desk at hand is to act
  loans BIGINT NOT NULL CHECK (loans >= 0), lines BIGINT NOT NULL CHECK (lines >= 0),
  interest BIGINT NOT NULL, subsidy BIGINT NOT NULL, province BIGINT NOT NULL, local BIGINT NOT NULL, -- fen; of a correction what it changes
  opening BIGINT NOT NULL, closing BIGINT NOT NULL,       -- owed to the bank at both ends (季初余额, 季末余额)
  lent BIGINT NOT NULL, lendings BIGINT NOT NULL,         -- 贷款发生额, 发生笔数
  paid_day TEXT NOT NULL DEFAULT '', paid_ref TEXT NOT NULL DEFAULT '', arrived_day TEXT NOT NULL DEFAULT '', arrived_ref TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, reviewed_by TEXT NOT NULL DEFAULT '', edited_at BIGINT NOT NULL, reviewer TEXT NOT NULL DEFAULT '', finance TEXT NOT NULL DEFAULT '', unpaid BIGINT NOT NULL DEFAULT 1 CHECK (unpaid IN (0, 1)),
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_batch_corrects ON loan_batch (city, corrects) WHERE corrects <> '';
CREATE UNIQUE INDEX loan_batch_quarter ON loan_batch (city, bank, to_day) WHERE corrects = '' AND state <> 'withdrawn';

CREATE TABLE loan_batch_basis (
  city TEXT NOT NULL, batch TEXT NOT NULL,
  book TEXT NOT NULL, quotes TEXT NOT NULL,
  PRIMARY KEY (city, batch),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_batch_step (
  city TEXT NOT NULL, batch TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  verb TEXT NOT NULL, state TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', due_day TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, batch, no),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_borrower (
  city TEXT NOT NULL, contract TEXT NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, contract, person),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_borrower_person ON loan_borrower (city, person);

CREATE TABLE loan_claimed (
  city TEXT NOT NULL, bank TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, bank)
) WITHOUT ROWID;

CREATE TABLE loan_contract (
  city TEXT NOT NULL, id TEXT NOT NULL,
  number TEXT NOT NULL, deed TEXT NOT NULL DEFAULT '',    -- 借据号 and 合同号, of the bank
  bank TEXT NOT NULL, org TEXT NOT NULL,                  -- who lends, and where the borrower is at home: a county, or what is below it
  area TEXT NOT NULL,                                     -- code of that county
  application TEXT NOT NULL DEFAULT '', venture TEXT NOT NULL DEFAULT '',
  borrower TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '', -- name, and the credit code of a firm
  kind TEXT NOT NULL CHECK (kind IN ('individual', 'partnership', 'firm')),
  partners BIGINT NOT NULL DEFAULT 0 CHECK (partners >= 0),
  poor BIGINT NOT NULL CHECK (poor IN (0, 1)),            -- the county counts as lifted out of poverty (脱贫地区), on the day of signing
  people TEXT NOT NULL DEFAULT '',                        -- code of the national group, 01 to 10
  female BIGINT NOT NULL CHECK (female IN (0, 1)),
  principal BIGINT NOT NULL CHECK (principal > 0),        -- fen; of a revolving loan the limit
  rate BIGINT NOT NULL CHECK (rate >= 0), lpr BIGINT NOT NULL CHECK (lpr >= 0), points BIGINT NOT NULL, -- millionths a year
  lpr_day TEXT NOT NULL DEFAULT '',                       -- from which the LPR used holds
  signed_day TEXT NOT NULL, from_day TEXT NOT NULL, to_day TEXT NOT NULL,
  method TEXT NOT NULL, days TEXT NOT NULL,               -- 还款方式, and how a period is counted: actual or calendar
  basis BIGINT NOT NULL CHECK (basis IN (360, 365)),
  settle BIGINT NOT NULL CHECK (settle BETWEEN 0 AND 31),
  shift BIGINT NOT NULL CHECK (shift IN (0, 1)),          -- what falls due on a holiday is paid on the next working day
  penalty BIGINT NOT NULL CHECK (penalty BETWEEN 100 AND 300), -- hundredths of the rate
  version TEXT NOT NULL,                                  -- of the policy under which it was lent
  state TEXT NOT NULL CHECK (state IN ('signed', 'open', 'settled', 'compensated', 'written_off', 'void')),
  drawn BIGINT NOT NULL DEFAULT 0 CHECK (drawn >= 0), balance BIGINT NOT NULL DEFAULT 0 CHECK (balance >= 0),
  compensated BIGINT NOT NULL DEFAULT 0 CHECK (compensated >= 0), recovered BIGINT NOT NULL DEFAULT 0 CHECK (recovered >= 0),
  written_off BIGINT NOT NULL DEFAULT 0 CHECK (written_off >= 0),
  extended_day TEXT NOT NULL DEFAULT '', ended_day TEXT NOT NULL DEFAULT '',
  overdue_day TEXT NOT NULL DEFAULT '',                   -- since when it is overdue, empty when it is not
  overdue_ever BIGINT NOT NULL DEFAULT 0 CHECK (overdue_ever IN (0, 1)),
  class TEXT NOT NULL DEFAULT 'normal',                   -- as the bank has said last
  events BIGINT NOT NULL DEFAULT 0,                       -- number of the last event
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX loan_contract_application ON loan_contract (city, application) WHERE application <> '' AND state <> 'void';
CREATE INDEX loan_contract_bank ON loan_contract (city, bank, org, state);
CREATE INDEX loan_contract_credit ON loan_contract (city, credit) WHERE credit <> '';
CREATE UNIQUE INDEX loan_contract_number ON loan_contract (city, bank, number) WHERE state <> 'void';
CREATE INDEX loan_contract_org ON loan_contract (city, org, state);
CREATE INDEX loan_contract_overdue ON loan_contract (city, overdue_day) WHERE overdue_day <> '';
CREATE INDEX loan_contract_venture ON loan_contract (city, venture) WHERE venture <> '';

CREATE TABLE loan_debt (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), party BIGINT NOT NULL,
  kind TEXT NOT NULL, lender TEXT NOT NULL, amount BIGINT NOT NULL CHECK (amount > 0), -- fen still owed
  found_by TEXT NOT NULL DEFAULT '', found_at BIGINT NOT NULL DEFAULT 0, -- an officer, where the applicant had not said it
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application, party) REFERENCES loan_party (city, application, no)
) WITHOUT ROWID;

CREATE TABLE loan_desk (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  desk TEXT NOT NULL, org TEXT NOT NULL, owner TEXT NOT NULL DEFAULT '', -- the account that it was handed to, empty: anybody there
  turn BIGINT NOT NULL, days BIGINT NOT NULL, four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'open', 'second', 'returned', 'passed', 'refused', 'over')),
  due TEXT NOT NULL DEFAULT '', opened_at BIGINT NOT NULL DEFAULT 0,
  asked_by BIGINT NOT NULL DEFAULT 0, question TEXT NOT NULL DEFAULT '', -- of a countersign: which desk asked for it, and what
  verdict TEXT NOT NULL DEFAULT '', says TEXT NOT NULL DEFAULT '', facts TEXT NOT NULL DEFAULT '', -- what was decided upon, as a hash
  first_by TEXT NOT NULL DEFAULT '', first_at BIGINT NOT NULL DEFAULT 0, done_by TEXT NOT NULL DEFAULT '', done_at BIGINT NOT NULL DEFAULT 0,
  flag BIGINT NOT NULL DEFAULT 0 CHECK (flag IN (0, 1)), priority TEXT NOT NULL DEFAULT '',
  group_code TEXT NOT NULL DEFAULT '', hires BIGINT NOT NULL DEFAULT 0, earlier BIGINT NOT NULL DEFAULT 0,
  guarantee TEXT NOT NULL DEFAULT '', amount BIGINT NOT NULL DEFAULT 0, months BIGINT NOT NULL DEFAULT 0, rate BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_desk_queue ON loan_desk (city, desk, due, application, no, org, owner, state) WHERE state IN ('open', 'second');

CREATE TABLE loan_event (
  city TEXT NOT NULL, contract TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL, on_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),   -- fen of principal
  interest BIGINT NOT NULL DEFAULT 0 CHECK (interest >= 0), -- fen paid beside it
  class TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT '',
  reverses BIGINT NOT NULL DEFAULT 0 CHECK (reverses >= 0),
  source TEXT NOT NULL DEFAULT '',                        -- the bank file that told it
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract, no),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_event_day ON loan_event (city, kind, on_day);
CREATE UNIQUE INDEX loan_event_reverses ON loan_event (city, contract, reverses) WHERE reverses > 0;

CREATE TABLE loan_file (
  city TEXT NOT NULL, id TEXT NOT NULL, bank TEXT NOT NULL,
  on_day TEXT NOT NULL, name TEXT NOT NULL,               -- of which day the figures are, and the file's name
  state TEXT NOT NULL CHECK (state IN ('checked', 'applied', 'dropped')),
  row_count BIGINT NOT NULL CHECK (row_count >= 0),
  told BIGINT NOT NULL DEFAULT 0 CHECK (told >= 0),       -- loans under which something was entered
  differences BIGINT NOT NULL DEFAULT 0 CHECK (differences >= 0),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX loan_file_applied ON loan_file (city, bank, on_day) WHERE state = 'applied';

CREATE TABLE loan_file_finding (
  city TEXT NOT NULL, file TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  row_no BIGINT NOT NULL, kind TEXT NOT NULL, number TEXT NOT NULL, contract TEXT NOT NULL,
  want TEXT NOT NULL, have TEXT NOT NULL, matter TEXT NOT NULL,
  PRIMARY KEY (city, file, no),
  FOREIGN KEY (city, file) REFERENCES loan_file (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_file_row (
  city TEXT NOT NULL, file TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), -- as Excel counts
  number TEXT NOT NULL, balance BIGINT NOT NULL CHECK (balance >= 0),
  late BIGINT NOT NULL CHECK (late >= -1),                -- days overdue; -1 where the file does not say
  class TEXT NOT NULL, rate BIGINT NOT NULL CHECK (rate >= -1),
  PRIMARY KEY (city, file, no),
  FOREIGN KEY (city, file) REFERENCES loan_file (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_file_title (
  city TEXT NOT NULL, bank TEXT NOT NULL, field TEXT NOT NULL, title TEXT NOT NULL,
  PRIMARY KEY (city, bank, field)
) WITHOUT ROWID;

CREATE TABLE loan_follow (
  city TEXT NOT NULL, contract TEXT NOT NULL,
  org TEXT NOT NULL, bank TEXT NOT NULL,                  -- as in the loan
  unit TEXT NOT NULL,                                     -- who visits: the organisation of the borrower's home until another is named
  first_day TEXT NOT NULL,                                -- from which survival counts
  due_day TEXT NOT NULL DEFAULT '',                       -- empty when nobody is to go any more
  last_day TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '', -- of the latest that was told
  told BIGINT NOT NULL DEFAULT 0 CHECK (told >= 0),       -- number of the last snapshot
  terms TEXT NOT NULL DEFAULT '',                         -- first day of the terms by which it was planned, empty for the delivered ones
  edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_follow_due ON loan_follow (city, due_day, contract);

CREATE TABLE loan_fund (
  city TEXT NOT NULL, id TEXT NOT NULL,
  org TEXT NOT NULL, on_day TEXT NOT NULL,
  balance BIGINT NOT NULL CHECK (balance >= 0), source TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_line (
  city TEXT NOT NULL, batch TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  contract TEXT NOT NULL, number TEXT NOT NULL, seen BIGINT NOT NULL, -- the number of the loan's last event that was known
  sign BIGINT NOT NULL CHECK (sign IN (1, -1)), of_batch TEXT NOT NULL DEFAULT '', of_no BIGINT NOT NULL DEFAULT 0,
  slice BIGINT NOT NULL CHECK (slice BETWEEN 1 AND 3),
  from_day TEXT NOT NULL, to_day TEXT NOT NULL, days BIGINT NOT NULL CHECK (days > 0), status TEXT NOT NULL,
  excluded BIGINT NOT NULL CHECK (excluded >= 0), reason TEXT NOT NULL,
  segments TEXT NOT NULL,                                 -- principal × days
  rate BIGINT NOT NULL, lpr BIGINT NOT NULL, lpr_day TEXT NOT NULL, version TEXT NOT NULL,
  interest BIGINT NOT NULL, subsidy BIGINT NOT NULL CHECK (subsidy >= 0), split BIGINT NOT NULL CHECK (split IN (0, 1)),
  province BIGINT NOT NULL CHECK (province >= 0), local BIGINT NOT NULL CHECK (local >= 0),
  PRIMARY KEY (city, batch, no),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_line_contract ON loan_line (city, contract, to_day, from_day, slice);
CREATE INDEX loan_line_of ON loan_line (city, of_batch, of_no) WHERE sign = -1;

CREATE TABLE loan_note (
  city TEXT NOT NULL, application TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, by TEXT NOT NULL,
  step TEXT NOT NULL, desk TEXT NOT NULL DEFAULT '', no BIGINT NOT NULL DEFAULT 0, org TEXT NOT NULL DEFAULT '',
  text TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, application, id),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_paper (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL, document TEXT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_part (
  city TEXT NOT NULL, contract TEXT NOT NULL, on_day TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  PRIMARY KEY (city, contract, on_day),
  FOREIGN KEY (city, contract) REFERENCES loan_contract (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_party (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  role TEXT NOT NULL CHECK (role IN ('applicant', 'partner', 'co', 'spouse', 'guarantor')),
  of_no BIGINT NOT NULL DEFAULT 0,                                   -- whose spouse
  name TEXT NOT NULL, person TEXT NOT NULL DEFAULT '',
  number BYTEA,                                                      -- sealed, until the application is handed in
  born TEXT NOT NULL DEFAULT '', sex TEXT NOT NULL DEFAULT '', marital TEXT NOT NULL DEFAULT '',
  group_code TEXT NOT NULL DEFAULT '', employer TEXT NOT NULL DEFAULT '',
  debtless BIGINT NOT NULL DEFAULT 0 CHECK (debtless IN (0, 1)),     -- says to owe nothing elsewhere
  agreed BIGINT NOT NULL DEFAULT 0 CHECK (agreed IN (0, 1)),         -- that her credit report is asked for
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_party_person ON loan_party (city, person) WHERE person <> '';

CREATE TABLE loan_product (
  city TEXT NOT NULL, id TEXT NOT NULL,
  bank TEXT NOT NULL, code TEXT NOT NULL,                         -- code: the bank's word for the product through all of its editions
  name TEXT NOT NULL, name_en TEXT NOT NULL DEFAULT '',
  area TEXT NOT NULL,                                             -- beginning of a division's code
  kinds TEXT NOT NULL, methods TEXT NOT NULL, guarantees TEXT NOT NULL, -- words, separated by spaces
  least BIGINT NOT NULL CHECK (least > 0), most BIGINT NOT NULL CHECK (most > 0), -- fen
  months_from BIGINT NOT NULL CHECK (months_from BETWEEN 1 AND 600), months_to BIGINT NOT NULL CHECK (months_to BETWEEN 1 AND 600),
  points BIGINT NOT NULL CHECK (points BETWEEN -1000000 AND 1000000), -- over the one-year LPR, millionths
  basis BIGINT NOT NULL CHECK (basis IN (360, 365)), settle BIGINT NOT NULL CHECK (settle BETWEEN 0 AND 28),
  papers TEXT NOT NULL DEFAULT '', papers_en TEXT NOT NULL DEFAULT '', -- one a line
  apply_at TEXT NOT NULL DEFAULT '', apply_at_en TEXT NOT NULL DEFAULT '',
  from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  state TEXT NOT NULL CHECK (state IN ('draft', 'published')),
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, bank) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX loan_product_bank ON loan_product (city, bank, code, from_day);

CREATE TABLE loan_product_line (
  city TEXT NOT NULL, bank TEXT NOT NULL, code TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, bank, code)
) WITHOUT ROWID;

CREATE TABLE loan_product_share (
  city TEXT NOT NULL, product TEXT NOT NULL,
  bearer TEXT NOT NULL CHECK (bearer IN ('reguarantee', 'guarantor', 'bank', 'government', 'fund')),
  share BIGINT NOT NULL CHECK (share BETWEEN 1 AND 1000000),      -- millionths of a loss
  PRIMARY KEY (city, product, bearer),
  FOREIGN KEY (city, product) REFERENCES loan_product (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_recusal (
  city TEXT NOT NULL, application TEXT NOT NULL, account TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (city, application, account),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_snapshot (
  city TEXT NOT NULL, contract TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  on_day TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('visit', 'desk', 'self')), -- on a phone, at a desk, by the founder herself
  state TEXT NOT NULL CHECK (state IN ('trading', 'paused', 'moved', 'closed', 'unmet')),
  since_day TEXT NOT NULL DEFAULT '', moved_to TEXT NOT NULL DEFAULT '', -- of what is closed or moved
  founders BIGINT NOT NULL CHECK (founders BETWEEN 0 AND 99),
  staff BIGINT NOT NULL CHECK (staff BETWEEN 0 AND 100000),
  contracted BIGINT NOT NULL CHECK (contracted BETWEEN 0 AND staff),   -- of the staff, with contracts of a year or more
  need TEXT NOT NULL DEFAULT '',                          -- what the venture lacks besides, on its dossier
  need_kind TEXT NOT NULL DEFAULT '', wish TEXT NOT NULL DEFAULT '', -- the same in words where there is no dossier
  note TEXT NOT NULL DEFAULT '',
  visit TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
  withdrawn_at BIGINT NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, contract, no),
  FOREIGN KEY (city, contract) REFERENCES loan_follow (city, contract)
) WITHOUT ROWID;

CREATE TABLE loan_survey (
  city TEXT NOT NULL, application TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0), desk BIGINT NOT NULL,
  org TEXT NOT NULL, account TEXT NOT NULL DEFAULT '', task TEXT NOT NULL, due TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '',                                   -- that was adopted, completed or set aside
  verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'adopted', 'completed', 'repeated')),
  says TEXT NOT NULL DEFAULT '', by TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL DEFAULT 0, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL,
  PRIMARY KEY (city, application, no),
  FOREIGN KEY (city, application) REFERENCES loan_application (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  substandard BIGINT NOT NULL CHECK (substandard > 0), doubtful BIGINT NOT NULL CHECK (doubtful > substandard), loss BIGINT NOT NULL CHECK (loss > doubtful), -- days overdue
  compensate BIGINT NOT NULL CHECK (compensate > 0),      -- days overdue after which the bank may claim on the guarantee
  extend BIGINT NOT NULL CHECK (extend > 0),              -- months that an extension may give at most
  difference BIGINT NOT NULL CHECK (difference > 0),      -- working days to clear up what a bank's file says otherwise
  file BIGINT NOT NULL CHECK (file > 0), review BIGINT NOT NULL CHECK (review > 0), finance BIGINT NOT NULL CHECK (finance > 0), -- working days of a claim's desks
  poor TEXT NOT NULL DEFAULT '',                          -- codes of the counties lifted out of poverty, separated by spaces
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL, unpaid BIGINT NOT NULL DEFAULT 1 CHECK (unpaid IN (0, 1)),
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE loan_unclaimed (
  city TEXT NOT NULL, batch TEXT NOT NULL, contract TEXT NOT NULL, number TEXT NOT NULL,
  key TEXT NOT NULL, args TEXT NOT NULL,
  PRIMARY KEY (city, batch, contract),
  FOREIGN KEY (city, batch) REFERENCES loan_batch (city, id)
) WITHOUT ROWID;

CREATE TABLE loan_visit (
  city TEXT NOT NULL, id TEXT NOT NULL, contract TEXT NOT NULL,
  unit TEXT NOT NULL, task TEXT NOT NULL, due_day TEXT NOT NULL,
  answer TEXT NOT NULL DEFAULT '', fault TEXT NOT NULL DEFAULT '',     -- an answer that came and could not be read, and why
  asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, contract) REFERENCES loan_follow (city, contract)
) WITHOUT ROWID;
CREATE INDEX loan_visit_contract ON loan_visit (city, contract, id);
CREATE UNIQUE INDEX loan_visit_out ON loan_visit (city, contract) WHERE ended_at = 0;

CREATE TABLE loan_visit_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  first BIGINT NOT NULL CHECK (first > 0), every BIGINT NOT NULL CHECK (every > 0), until BIGINT NOT NULL CHECK (until > 0), -- months after the first day
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE loan_way (
  city TEXT NOT NULL, id TEXT NOT NULL,
  county TEXT NOT NULL DEFAULT '', product TEXT NOT NULL DEFAULT '', -- for one county, for one product; empty: for all
  from_day TEXT NOT NULL,                                            -- for what is handed in on this day or later
  reply_days BIGINT NOT NULL CHECK (reply_days BETWEEN 1 AND 250),   -- working days for what is sent back
  appeal_days BIGINT NOT NULL CHECK (appeal_days BETWEEN 1 AND 250),
  survey_days BIGINT NOT NULL CHECK (survey_days BETWEEN 1 AND 250),
  survey_by TEXT NOT NULL,                                           -- intake, bank, or the organisation that surveys
  person_papers TEXT NOT NULL, firm_papers TEXT NOT NULL,            -- kinds that must be there, separated by spaces
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, county, product, from_day)
) WITHOUT ROWID;

CREATE TABLE loan_way_desk (
  city TEXT NOT NULL, way TEXT NOT NULL, desk TEXT NOT NULL,
  turn BIGINT NOT NULL CHECK (turn BETWEEN 1 AND 20),                -- desks of one turn work at the same time
  days BIGINT NOT NULL CHECK (days BETWEEN 1 AND 250),               -- working days
  four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  org TEXT NOT NULL DEFAULT '',                                      -- who sits there; empty: where the application says
  PRIMARY KEY (city, way, desk),
  FOREIGN KEY (city, way) REFERENCES loan_way (city, id)
) WITHOUT ROWID;

CREATE TABLE matter (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  kind TEXT NOT NULL, title TEXT NOT NULL, subject TEXT NOT NULL DEFAULT '',
  org TEXT NOT NULL, desk TEXT NOT NULL, owner TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'paused', 'answered', 'closed')),
  due TEXT NOT NULL, paused_on TEXT NOT NULL DEFAULT '', opened_at BIGINT NOT NULL, opened_by TEXT NOT NULL, closed_at BIGINT NOT NULL DEFAULT 0,
  answer TEXT NOT NULL DEFAULT '', limited BIGINT NOT NULL DEFAULT 0 CHECK (limited IN (0, 1)),
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  FOREIGN KEY (city, desk) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX matter_desk ON matter (city, desk, state, due, id);
CREATE INDEX matter_due ON matter (city, state, due, id);
CREATE INDEX matter_subject ON matter (city, subject) WHERE subject <> '';

CREATE TABLE matter_note (
  city TEXT NOT NULL, matter TEXT NOT NULL, id TEXT NOT NULL,
  at BIGINT NOT NULL, made_by TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
  desk TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, matter, id),
  FOREIGN KEY (city, matter) REFERENCES matter (city, id)
) WITHOUT ROWID;

CREATE TABLE matter_reader (
  city TEXT NOT NULL, matter TEXT NOT NULL, account TEXT NOT NULL,
  added_by TEXT NOT NULL, added_at BIGINT NOT NULL,
  PRIMARY KEY (city, matter, account),
  FOREIGN KEY (city, matter) REFERENCES matter (city, id)
) WITHOUT ROWID;

CREATE TABLE meeting (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('seminar', 'visit')),
  title TEXT NOT NULL, place TEXT NOT NULL, held_on TEXT NOT NULL,
  guests TEXT NOT NULL DEFAULT '', minutes TEXT NOT NULL DEFAULT '',
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX meeting_org ON meeting (city, org, held_on);

CREATE TABLE meeting_item (
  city TEXT NOT NULL, meeting TEXT NOT NULL, id TEXT NOT NULL,
  asker TEXT NOT NULL DEFAULT '', text TEXT NOT NULL,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, meeting, id),
  FOREIGN KEY (city, meeting) REFERENCES meeting (city, id)
) WITHOUT ROWID;

CREATE TABLE night_absence (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, course TEXT NOT NULL, edition TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '',                          -- of whoever signed up online, to be told
  made_at BIGINT NOT NULL,
  appeal TEXT NOT NULL DEFAULT '', appealed_at BIGINT NOT NULL DEFAULT 0,
  verdict TEXT NOT NULL DEFAULT '' CHECK (verdict IN ('', 'kept', 'lifted')),
  answer TEXT NOT NULL DEFAULT '', decided_by TEXT NOT NULL DEFAULT '', decided_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, session, person),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) WITHOUT ROWID;
CREATE INDEX night_absence_open ON night_absence (city, appealed_at) WHERE appealed_at > 0 AND verdict = '';
CREATE INDEX night_absence_person ON night_absence (city, person, edition);

CREATE TABLE night_course (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, edition TEXT NOT NULL,
  org TEXT NOT NULL, place TEXT NOT NULL, room TEXT NOT NULL DEFAULT '',
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', idea TEXT NOT NULL DEFAULT '',
  teacher TEXT NOT NULL, lead TEXT NOT NULL,                         -- who teaches, and how she is called in public
  age_from BIGINT NOT NULL CHECK (age_from BETWEEN 6 AND 120), age_to BIGINT NOT NULL CHECK (age_to BETWEEN 6 AND 120),
  places BIGINT NOT NULL CHECK (places BETWEEN 1 AND 500),
  fee BIGINT NOT NULL DEFAULT 0 CHECK (fee BETWEEN 0 AND 100000),    -- fen for a lesson, written down and not collected here
  first_day TEXT NOT NULL, starts_min BIGINT NOT NULL, ends_min BIGINT NOT NULL, lessons BIGINT NOT NULL CHECK (lessons BETWEEN 1 AND 30),
  state TEXT NOT NULL CHECK (state IN ('draft', 'offered', 'cancelled')),
  roll TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, edition) REFERENCES night_term (city, edition),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (age_from <= age_to), CHECK (starts_min BETWEEN 0 AND 1439), CHECK (ends_min BETWEEN 1 AND 1440), CHECK (starts_min < ends_min)
) WITHOUT ROWID;
CREATE INDEX night_course_org ON night_course (city, org);
CREATE INDEX night_course_roll ON night_course (city, roll);
CREATE INDEX night_course_term ON night_course (city, edition, state);

CREATE TABLE night_excuse (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, session, person)
) WITHOUT ROWID;

CREATE TABLE night_fee (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, fen BIGINT NOT NULL,
  noted_by TEXT NOT NULL, noted_at BIGINT NOT NULL,
  PRIMARY KEY (city, session, person)
) WITHOUT ROWID;

CREATE TABLE night_feedback (
  city TEXT NOT NULL, course TEXT NOT NULL, person TEXT NOT NULL,
  stars BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5), words TEXT NOT NULL DEFAULT '',
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, course, person),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) WITHOUT ROWID;

CREATE TABLE night_idea (
  city TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL,
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '',
  person TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'merged', 'refused')),
  into_idea TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, edition) REFERENCES night_term (city, edition)
) WITHOUT ROWID;
CREATE INDEX night_idea_term ON night_idea (city, edition, state);

CREATE TABLE night_list (
  city TEXT NOT NULL, session TEXT NOT NULL, course TEXT NOT NULL,
  present BIGINT NOT NULL, excused BIGINT NOT NULL, absent BIGINT NOT NULL,
  closed_by TEXT NOT NULL, closed_at BIGINT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, course) REFERENCES night_course (city, id)
) WITHOUT ROWID;
CREATE INDEX night_list_course ON night_list (city, course);

CREATE TABLE night_rule (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  votes BIGINT NOT NULL CHECK (votes BETWEEN 1 AND 20),              -- of one person in a term
  excuse_h BIGINT NOT NULL CHECK (excuse_h BETWEEN 0 AND 168),       -- hours before a lesson until which one is excused
  most_points BIGINT NOT NULL CHECK (most_points BETWEEN 1 AND 99),  -- from so many no-shows on, no sign-up for the next term
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL, rate_days BIGINT NOT NULL DEFAULT 14 CHECK (rate_days BETWEEN 1 AND 90),
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE night_swap (
  city TEXT NOT NULL, roll TEXT NOT NULL, turn BIGINT NOT NULL,                -- the asker's seat
  to_roll TEXT NOT NULL, to_turn BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'done', 'refused', 'withdrawn')),
  made_at BIGINT NOT NULL, until_at BIGINT NOT NULL,
  PRIMARY KEY (city, roll, turn)
) WITHOUT ROWID;
CREATE INDEX night_swap_to ON night_swap (city, to_roll, to_turn);

CREATE TABLE night_term (
  city TEXT NOT NULL, edition TEXT NOT NULL,
  prior TEXT NOT NULL DEFAULT '',                                    -- the term before it, whose no-shows count
  vote_from BIGINT NOT NULL, vote_to BIGINT NOT NULL,
  votes BIGINT NOT NULL, excuse_h BIGINT NOT NULL, most_points BIGINT NOT NULL, rate_days BIGINT NOT NULL DEFAULT 14,
  PRIMARY KEY (city, edition),
  FOREIGN KEY (city, edition) REFERENCES edition (city, id),
  CHECK (vote_from < vote_to)
) WITHOUT ROWID;

CREATE TABLE night_vote (
  city TEXT NOT NULL, edition TEXT NOT NULL, person TEXT NOT NULL, idea TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, edition, person, idea),
  FOREIGN KEY (city, idea) REFERENCES night_idea (city, id)
) WITHOUT ROWID;
CREATE INDEX night_vote_idea ON night_vote (city, idea);

CREATE TABLE notice (
  city TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, once TEXT NOT NULL,
  key TEXT NOT NULL, args TEXT NOT NULL DEFAULT '{}', link TEXT NOT NULL DEFAULT '',
  at BIGINT NOT NULL, read_at BIGINT NOT NULL DEFAULT 0, until_at BIGINT NOT NULL DEFAULT 0, spread BIGINT NOT NULL DEFAULT 1 CHECK (spread IN (0, 1)),
  PRIMARY KEY (city, id),
  UNIQUE (city, account, once)
) WITHOUT ROWID;
CREATE INDEX notice_spread ON notice (city, id) WHERE spread = 0;
CREATE INDEX notice_unread ON notice (city, account, at) WHERE read_at = 0;

CREATE TABLE notice_off (
  city TEXT NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL, used_at BIGINT NOT NULL,
  PRIMARY KEY (city, account, kind)
) WITHOUT ROWID;

CREATE TABLE notice_sending (
  city TEXT NOT NULL, ref TEXT NOT NULL, channel TEXT NOT NULL CHECK (channel IN ('email', 'confirm', 'text', 'robot')),
  account TEXT NOT NULL, kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed', 'dropped')),
  at BIGINT NOT NULL, until_at BIGINT NOT NULL, next_at BIGINT NOT NULL, done_at BIGINT NOT NULL DEFAULT 0,
  tries BIGINT NOT NULL DEFAULT 0, failure TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, ref, channel)
) WITHOUT ROWID;
CREATE INDEX notice_sending_at ON notice_sending (city, at);
CREATE INDEX notice_sending_waiting ON notice_sending (city, next_at) WHERE state = 'waiting';

CREATE TABLE notice_way (
  city TEXT NOT NULL, account TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '', confirmed_at BIGINT NOT NULL DEFAULT 0,
  texts BIGINT NOT NULL DEFAULT 0 CHECK (texts IN (0, 1)),
  lang TEXT NOT NULL, used_at BIGINT NOT NULL,
  PRIMARY KEY (city, account)
) WITHOUT ROWID;

CREATE TABLE org (
  city TEXT NOT NULL, id TEXT NOT NULL,
  no BIGINT NOT NULL CHECK (no > 0),
  kind TEXT NOT NULL,
  name TEXT NOT NULL, short TEXT NOT NULL DEFAULT '',
  pinyin TEXT NOT NULL DEFAULT '', initials TEXT NOT NULL DEFAULT '',
  parent TEXT, path TEXT NOT NULL, depth BIGINT NOT NULL CHECK (depth >= 0),
  industry TEXT NOT NULL DEFAULT '',
  lon BIGINT, lat BIGINT, crs TEXT NOT NULL DEFAULT '', fineness TEXT NOT NULL DEFAULT '',
  area_m2 BIGINT NOT NULL DEFAULT 0 CHECK (area_m2 >= 0),
  since BIGINT NOT NULL DEFAULT 0, until BIGINT NOT NULL DEFAULT 0,
  opened TEXT NOT NULL DEFAULT '', closed TEXT NOT NULL DEFAULT '',
  merged_into TEXT, staff BIGINT CHECK (staff BETWEEN 0 AND 1000000),
  PRIMARY KEY (city, id),
  UNIQUE (city, no),
  FOREIGN KEY (city, parent) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX org_below ON org (city, path, closed, since, until);
CREATE INDEX org_initials ON org (city, initials);
CREATE INDEX org_kind ON org (city, kind, path);
CREATE INDEX org_name ON org (city, name);
CREATE INDEX org_number ON org (city, no, path);
CREATE INDEX org_parent ON org (city, parent, name);
CREATE UNIQUE INDEX org_path ON org (city, path);

CREATE TABLE org_code (
  city TEXT NOT NULL, org TEXT NOT NULL,
  scheme TEXT NOT NULL CHECK (scheme IN ('stat', 'credit', 'league', 'source')),
  code TEXT NOT NULL, valid_from TEXT NOT NULL DEFAULT '', valid_until TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, scheme, code, valid_from),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX org_code_org ON org_code (city, org);

CREATE TABLE org_history (
  city TEXT NOT NULL, org TEXT NOT NULL, id TEXT NOT NULL,
  at BIGINT NOT NULL, made_by TEXT NOT NULL, delivery BIGINT NOT NULL DEFAULT 0,
  field TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, org, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;

CREATE TABLE outbox (
  city TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  at BIGINT NOT NULL, tries BIGINT NOT NULL DEFAULT 0, next_at BIGINT NOT NULL, done_at BIGINT NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id)
) WITHOUT ROWID;
CREATE INDEX outbox_waiting ON outbox (city, next_at) WHERE done_at = 0;

CREATE TABLE outreach_event (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  org TEXT NOT NULL,                                      -- who holds it
  kind TEXT NOT NULL CHECK (kind IN ('campus', 'park', 'community')),
  title TEXT NOT NULL, says TEXT NOT NULL DEFAULT '', place TEXT NOT NULL,
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL CHECK (ends_at > starts_at), closes_at BIGINT NOT NULL, -- microseconds UTC; sign-up before closes_at
  seats BIGINT NOT NULL CHECK (seats BETWEEN 0 AND 2000), -- 0: as many as come, up to the most
  taken BIGINT NOT NULL DEFAULT 0 CHECK (taken >= 0 AND (seats = 0 OR taken <= seats)),
  signed BIGINT NOT NULL DEFAULT 0 CHECK (signed >= taken), -- number of the last guest
  came BIGINT NOT NULL DEFAULT 0 CHECK (came >= 0), walked BIGINT NOT NULL DEFAULT 0 CHECK (walked >= 0), -- of those who signed up, and without
  state TEXT NOT NULL CHECK (state IN ('draft', 'published', 'cancelled')), reason TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX outreach_event_org ON outreach_event (city, org);
CREATE INDEX outreach_event_starts ON outreach_event (city, starts_at, id);

CREATE TABLE outreach_guest (
  city TEXT NOT NULL, event TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  name TEXT NOT NULL, phone BYTEA,                        -- sealed; without where she has an account or walked in
  account TEXT NOT NULL DEFAULT '', token BYTEA,          -- hash of the words on a stranger's ticket
  state TEXT NOT NULL CHECK (state IN ('coming', 'withdrawn', 'walked')),
  made_at BIGINT NOT NULL, came_at BIGINT NOT NULL DEFAULT 0, came_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, event, no),
  FOREIGN KEY (city, event) REFERENCES outreach_event (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX outreach_guest_account ON outreach_guest (city, account, event) WHERE account <> '' AND state = 'coming';
CREATE UNIQUE INDEX outreach_guest_token ON outreach_guest (city, token) WHERE token IS NOT NULL;

CREATE TABLE outreach_question (
  city TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL,
  guest BIGINT NOT NULL DEFAULT 0,                        -- who asked, 0 where it was heard in the room
  text TEXT NOT NULL, matter TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '',
  shown_text TEXT NOT NULL DEFAULT '', shown_at BIGINT NOT NULL DEFAULT 0, dropped_at BIGINT NOT NULL DEFAULT 0, -- 0 while not shown, or not put aside
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, event) REFERENCES outreach_event (city, id)
) WITHOUT ROWID;
CREATE INDEX outreach_question_event ON outreach_question (city, event, id);
CREATE INDEX outreach_question_shown ON outreach_question (city, shown_at) WHERE shown_at > 0;

CREATE TABLE "paper" (
  city TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL,
  number BYTEA NOT NULL, key_id TEXT NOT NULL,
  since BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, person, kind),
  FOREIGN KEY (city, person) REFERENCES person (city, id)
) WITHOUT ROWID;

CREATE TABLE paper_look (
  city TEXT NOT NULL, kind TEXT NOT NULL, look BYTEA NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, kind, look)
) WITHOUT ROWID;

CREATE TABLE person (
  city TEXT NOT NULL, id TEXT NOT NULL,
  home TEXT NOT NULL,
  name TEXT NOT NULL, pinyin TEXT NOT NULL, initials TEXT NOT NULL,
  sex TEXT NOT NULL DEFAULT '0' CHECK (sex IN ('0', '1', '2', '9')),
  born TEXT NOT NULL DEFAULT '',
  ethnicity TEXT NOT NULL DEFAULT '', education TEXT NOT NULL DEFAULT '', standing TEXT NOT NULL DEFAULT '',
  phone BYTEA, phone_tail TEXT NOT NULL DEFAULT '',
  since BIGINT NOT NULL DEFAULT 0,
  merged_into TEXT,
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, home) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX person_home ON person (city, home, pinyin, id, initials, name, since, merged_into);
CREATE INDEX person_merged ON person (city, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE person_change (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, person TEXT NOT NULL, field TEXT NOT NULL,
  old TEXT NOT NULL, new TEXT NOT NULL,
  PRIMARY KEY (city, delivery, person, field)
) WITHOUT ROWID;

CREATE TABLE person_merge (
  city TEXT NOT NULL, id TEXT NOT NULL, from_person TEXT NOT NULL, into_person TEXT NOT NULL,
  at BIGINT NOT NULL, made_by TEXT NOT NULL, reason TEXT NOT NULL, undone_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id)
) WITHOUT ROWID;

CREATE TABLE person_phone (
  city TEXT NOT NULL, look BYTEA NOT NULL, person TEXT NOT NULL,
  PRIMARY KEY (city, look, person)
) WITHOUT ROWID;

CREATE TABLE "person_word" (
  city TEXT NOT NULL, word TEXT NOT NULL, person TEXT NOT NULL,
  shared BIGINT NOT NULL DEFAULT 0 CHECK (shared >= 0),
  home BIGINT NOT NULL CHECK (home > 0),
  PRIMARY KEY (city, word, person)
) WITHOUT ROWID;

CREATE TABLE place (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  kind TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL DEFAULT '',
  lon BIGINT NOT NULL CHECK (lon BETWEEN -180000000 AND 180000000),
  lat BIGINT NOT NULL CHECK (lat BETWEEN -90000000 AND 90000000),
  crs TEXT NOT NULL, fineness TEXT NOT NULL,
  capacity BIGINT NOT NULL DEFAULT 0 CHECK (capacity >= 0),
  since BIGINT NOT NULL DEFAULT 0, until BIGINT NOT NULL DEFAULT 0, closed TEXT NOT NULL DEFAULT '', edited_at BIGINT NOT NULL DEFAULT 0 CHECK (edited_at >= 0), replaces TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX place_kind ON place (city, kind, name);
CREATE INDEX place_org ON place (city, org);

CREATE TABLE place_check (
  city TEXT NOT NULL, id TEXT NOT NULL, place TEXT NOT NULL, kind TEXT NOT NULL,
  on_day TEXT NOT NULL, until_day TEXT NOT NULL,
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)),
  inspector TEXT NOT NULL, note TEXT NOT NULL DEFAULT '',
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, place) REFERENCES place (city, id)
) WITHOUT ROWID;
CREATE INDEX place_check_place ON place_check (city, place, kind, on_day);

CREATE TABLE place_check_item (
  city TEXT NOT NULL, of_check TEXT NOT NULL, item TEXT NOT NULL,
  passed BIGINT NOT NULL CHECK (passed IN (0, 1)), note TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, of_check, item)
) WITHOUT ROWID;

CREATE TABLE priority_list (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  source TEXT NOT NULL, set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE priority_slot (
  city TEXT NOT NULL, from_day TEXT NOT NULL, no BIGINT NOT NULL CHECK (no BETWEEN 1 AND 9), -- five leading ones, then four emerging
  name TEXT NOT NULL, codes TEXT NOT NULL,                -- beginnings of codes, separated by spaces
  PRIMARY KEY (city, from_day, no),
  FOREIGN KEY (city, from_day) REFERENCES priority_list (city, from_day)
) WITHOUT ROWID;

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
CREATE INDEX record_age ON record (city, edited_at);
CREATE INDEX record_disputed ON record (city, list, id) WHERE disputed <> '' OR matter <> '';
CREATE INDEX record_org ON record (city, org, list);

CREATE TABLE record_list (
  city TEXT NOT NULL, id TEXT NOT NULL,
  org TEXT NOT NULL, name TEXT NOT NULL,                  -- whose forms save to it, and as they call it
  made_at BIGINT NOT NULL, title TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, org, name),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);

CREATE TABLE record_property (
  city TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL,
  label TEXT NOT NULL,
  PRIMARY KEY (city, list, name),
  FOREIGN KEY (city, list) REFERENCES record_list (city, id)
);

CREATE TABLE record_version (
  city TEXT NOT NULL, list TEXT NOT NULL, record TEXT NOT NULL, id TEXT NOT NULL,
  after TEXT NOT NULL,                                    -- the versions that were known when it was made, separated by blanks
  org TEXT NOT NULL, answer TEXT NOT NULL DEFAULT '',
  content TEXT NOT NULL, sealed BYTEA,
  made_by TEXT NOT NULL, at BIGINT NOT NULL, withdrawn_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, list, record, id),
  FOREIGN KEY (city, list, record) REFERENCES record (city, list, id)
);
CREATE INDEX record_version_answer ON record_version (city, answer) WHERE answer <> '';

CREATE TABLE retention_run (
  city TEXT NOT NULL, rule TEXT NOT NULL, at BIGINT NOT NULL, ended BIGINT NOT NULL DEFAULT 0 CHECK (ended >= 0),
  outcome TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('', 'done', 'more', 'failed')),
  PRIMARY KEY (city, rule)
) WITHOUT ROWID;

CREATE TABLE role_grant (
  city TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, role TEXT NOT NULL, org TEXT NOT NULL,
  from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '', made_by TEXT NOT NULL, revoked_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, account) REFERENCES account (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX role_grant_account ON role_grant (city, account);

CREATE TABLE rule_field (
  city TEXT NOT NULL, version TEXT NOT NULL, name TEXT NOT NULL, from_day TEXT NOT NULL DEFAULT '',
  value TEXT NOT NULL, source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  PRIMARY KEY (city, version, name, from_day),
  FOREIGN KEY (city, version) REFERENCES rule_version (city, id)
) WITHOUT ROWID;

CREATE TABLE rule_line (
  city TEXT NOT NULL, line TEXT NOT NULL, turn BIGINT NOT NULL CHECK (turn > 0),
  PRIMARY KEY (city, line)
) WITHOUT ROWID;

CREATE TABLE rule_quote (
  city TEXT NOT NULL, series TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '',
  rate BIGINT NOT NULL CHECK (rate BETWEEN 0 AND 1000000),        -- millionths
  source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('unverified', 'stated', 'confirmed')),
  PRIMARY KEY (city, series, from_day)
) WITHOUT ROWID;

CREATE TABLE rule_setting (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE rule_version (
  city TEXT NOT NULL, id TEXT NOT NULL,
  product TEXT NOT NULL, key TEXT NOT NULL, area TEXT NOT NULL,  -- beginning of a division's code, nothing for the nation
  title TEXT NOT NULL, from_day TEXT NOT NULL, until_day TEXT NOT NULL DEFAULT '', source TEXT NOT NULL DEFAULT '',
  conditions TEXT NOT NULL DEFAULT '[]',                         -- as JSON: key, text, expr
  cases TEXT NOT NULL DEFAULT '[]',                              -- as JSON: by which the conditions are tried before publication
  state TEXT NOT NULL CHECK (state IN ('draft', 'awaited', 'published')),
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, product, key)
);

CREATE TABLE saved_view (
  city TEXT NOT NULL, id TEXT NOT NULL,
  account TEXT NOT NULL,
  list TEXT NOT NULL,                                     -- the list's path: /office/persons
  name TEXT NOT NULL,
  query TEXT NOT NULL,                                    -- its filters in their one order, never words that were sought
  made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, account, list, name),
  FOREIGN KEY (city, account) REFERENCES account (city, id)
);

CREATE TABLE serial (
  city TEXT NOT NULL, kind TEXT NOT NULL, next BIGINT NOT NULL CHECK (next > 0),
  PRIMARY KEY (city, kind)
) WITHOUT ROWID;

CREATE TABLE session (
  city TEXT NOT NULL, token BYTEA NOT NULL, account TEXT NOT NULL, phase TEXT NOT NULL,
  made_at BIGINT NOT NULL, seen_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  address TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, token)
) WITHOUT ROWID;
CREATE INDEX session_account ON session (city, account);

CREATE TABLE sms_month (
  city TEXT NOT NULL, month TEXT NOT NULL, sent BIGINT NOT NULL DEFAULT 0, alarmed BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, month)
) WITHOUT ROWID;

CREATE TABLE source (
  city TEXT NOT NULL, id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  fineness TEXT NOT NULL CHECK (fineness IN ('point', 'village', 'township')),
  crs TEXT NOT NULL DEFAULT 'wgs84',
  mapping TEXT NOT NULL DEFAULT '{}',
  latest BIGINT NOT NULL DEFAULT 0 CHECK (latest >= 0),
  PRIMARY KEY (city, id),
  UNIQUE (city, name)
);

CREATE TABLE study (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL,
  title TEXT NOT NULL, purpose TEXT NOT NULL,
  form TEXT NOT NULL, version BIGINT NOT NULL CHECK (version > 0),
  opens TEXT NOT NULL DEFAULT '', closes TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('draft', 'open', 'closed', 'published')),
  plan TEXT NOT NULL DEFAULT '{}',                        -- quota, fieldworkers, desks, bank and groups of words, as JSON
  draw_hash TEXT NOT NULL, draw_seed TEXT NOT NULL DEFAULT '', -- the seed's hash stands from the beginning, the seed after the draw
  result TEXT NOT NULL DEFAULT '',                        -- what was published, small groups hidden, as JSON
  published_at BIGINT NOT NULL DEFAULT 0,
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
);
CREATE INDEX study_form ON study (city, form);
CREATE INDEX study_org ON study (city, org);

CREATE TABLE study_draw (
  city TEXT NOT NULL, study TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  person TEXT NOT NULL,                                   -- may be gone by now
  PRIMARY KEY (city, study, no),
  UNIQUE (city, study, person),
  FOREIGN KEY (city, study) REFERENCES study (city, id)
) WITHOUT ROWID;

CREATE TABLE tie (
  city TEXT NOT NULL, person TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  org TEXT, unit TEXT NOT NULL DEFAULT '', role TEXT NOT NULL DEFAULT '', began TEXT NOT NULL DEFAULT '',
  since BIGINT NOT NULL DEFAULT 0, until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, person, kind, id),
  FOREIGN KEY (city, person) REFERENCES person (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX tie_org ON tie (city, org, kind);

CREATE TABLE timetable_guard (
  city TEXT NOT NULL, guard TEXT NOT NULL, moves BIGINT NOT NULL,
  PRIMARY KEY (city, guard)
) WITHOUT ROWID;

CREATE TABLE timetable_leader (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL,
  ended_at BIGINT NOT NULL DEFAULT 0, asked TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, session, person),
  FOREIGN KEY (city, session) REFERENCES timetable_session (city, id)
) WITHOUT ROWID;
CREATE INDEX timetable_leader_asked ON timetable_leader (city, session, person) WHERE asked <> '';
CREATE INDEX timetable_leader_person ON timetable_leader (city, person) WHERE ended_at = 0;

CREATE TABLE timetable_presence (
  city TEXT NOT NULL, client TEXT NOT NULL,
  series TEXT NOT NULL, on_day TEXT NOT NULL, person TEXT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('in', 'out', 'absent', 'refused')),
  at BIGINT NOT NULL, skew BIGINT NOT NULL,                -- by the server's clock, and how far the phone's was behind
  other TEXT NOT NULL DEFAULT '',                          -- who brought or fetched her, as the list of her family names them
  words TEXT NOT NULL DEFAULT '',                          -- what was said of somebody who was refused
  unlisted BIGINT NOT NULL DEFAULT 0 CHECK (unlisted IN (0, 1)), -- was let go with somebody who was not on the list
  account TEXT NOT NULL, device TEXT NOT NULL, came_at BIGINT NOT NULL,
  PRIMARY KEY (city, client)
) WITHOUT ROWID;
CREATE INDEX timetable_presence_day ON timetable_presence (city, series, on_day);
CREATE INDEX timetable_presence_person ON timetable_presence (city, person, on_day);

CREATE TABLE timetable_session (
  city TEXT NOT NULL, id TEXT NOT NULL, series TEXT NOT NULL,
  place TEXT NOT NULL, room TEXT NOT NULL DEFAULT '',
  on_day TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  title TEXT NOT NULL,
  children BIGINT NOT NULL CHECK (children IN (0, 1)),     -- leaders need clearance
  state TEXT NOT NULL CHECK (state IN ('planned', 'begun', 'cancelled')),
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  CHECK (starts_at < ends_at)
) WITHOUT ROWID;
CREATE INDEX timetable_session_coming ON timetable_session (city, starts_at) WHERE state = 'planned';
CREATE INDEX timetable_session_day ON timetable_session (city, on_day) WHERE state <> 'cancelled';
CREATE INDEX timetable_session_room ON timetable_session (city, place, room, starts_at) WHERE state <> 'cancelled';
CREATE INDEX timetable_session_series ON timetable_session (city, series, starts_at);

CREATE TABLE unit_count (
  city TEXT NOT NULL, delivery BIGINT NOT NULL, kind TEXT NOT NULL, org TEXT NOT NULL DEFAULT '', unit TEXT NOT NULL DEFAULT '',
  members BIGINT NOT NULL CHECK (members > 0),
  PRIMARY KEY (city, delivery, kind, org, unit)
) WITHOUT ROWID;

CREATE TABLE venture (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, org TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'known', 'ended')), -- a draft is its founder's, until an officer has taken it
  returned TEXT NOT NULL DEFAULT '',                      -- why an officer gave the draft back
  name TEXT NOT NULL, about TEXT NOT NULL DEFAULT '',
  entity TEXT NOT NULL, credit TEXT NOT NULL DEFAULT '',
  industry TEXT NOT NULL,                                 -- GB/T 4754: letter and up to four digits
  category TEXT NOT NULL, stage TEXT NOT NULL,
  place TEXT NOT NULL DEFAULT '', address TEXT NOT NULL DEFAULT '',
  staff BIGINT NOT NULL DEFAULT 0 CHECK (staff >= 0),
  revenue BIGINT NOT NULL DEFAULT 0 CHECK (revenue >= 0), revenue_year BIGINT NOT NULL DEFAULT 0 CHECK (revenue_year >= 0), -- fen
  began TEXT NOT NULL DEFAULT '',
  confirmed_at BIGINT NOT NULL DEFAULT 0, confirmed_by TEXT NOT NULL DEFAULT '', reminded_at BIGINT NOT NULL DEFAULT 0,
  edited_at BIGINT NOT NULL, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX venture_confirmed ON venture (city, state, confirmed_at);
CREATE INDEX venture_credit ON venture (city, credit) WHERE credit <> '';
CREATE INDEX venture_list ON venture (city, state, id, org, confirmed_at, industry, category, stage, serial, credit, name);
CREATE INDEX venture_org ON venture (city, org, state, confirmed_at, industry);

CREATE TABLE venture_code (
  city TEXT NOT NULL, credit TEXT NOT NULL, venture TEXT NOT NULL,
  PRIMARY KEY (city, credit),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX venture_code_venture ON venture_code (city, venture);

CREATE TABLE venture_consent (
  city TEXT NOT NULL, id TEXT NOT NULL, venture TEXT NOT NULL,
  receiver TEXT NOT NULL, purpose TEXT NOT NULL, version TEXT NOT NULL, -- of the text that was agreed to
  account TEXT NOT NULL, given_at BIGINT NOT NULL, until_day TEXT NOT NULL,
  withdrawn_at BIGINT NOT NULL DEFAULT 0, paper TEXT NOT NULL DEFAULT '', signed_by BIGINT NOT NULL DEFAULT 0 CHECK (signed_by >= 0),
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id),
  FOREIGN KEY (city, receiver) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX venture_consent_receiver ON venture_consent (city, receiver, venture) WHERE withdrawn_at = 0;
CREATE UNIQUE INDEX venture_consent_standing ON venture_consent (city, venture, receiver, purpose) WHERE withdrawn_at = 0;

CREATE TABLE venture_founder (
  city TEXT NOT NULL, venture TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  name TEXT NOT NULL, lead BIGINT NOT NULL CHECK (lead IN (0, 1)),
  person TEXT NOT NULL DEFAULT '', account TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, venture, no),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) WITHOUT ROWID;
CREATE INDEX venture_founder_account ON venture_founder (city, account) WHERE account <> '';
CREATE INDEX venture_founder_person ON venture_founder (city, person) WHERE person <> '';

CREATE TABLE venture_honour (
  city TEXT NOT NULL, venture TEXT NOT NULL, id TEXT NOT NULL,
  level TEXT NOT NULL, title TEXT NOT NULL, year BIGINT NOT NULL CHECK (year > 0), source TEXT NOT NULL,
  PRIMARY KEY (city, venture, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) WITHOUT ROWID;

CREATE TABLE venture_need (
  city TEXT NOT NULL, id TEXT NOT NULL, venture TEXT NOT NULL,
  kind TEXT NOT NULL, text TEXT NOT NULL,
  amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),   -- fen, of money
  matter TEXT NOT NULL DEFAULT '',                        -- that answers it
  closed_at BIGINT NOT NULL DEFAULT 0, made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, venture) REFERENCES venture (city, id)
) WITHOUT ROWID;
CREATE INDEX venture_need_open ON venture_need (city, kind, venture) WHERE closed_at = 0;
CREATE INDEX venture_need_venture ON venture_need (city, venture, id);

CREATE TABLE venture_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  fresh_days BIGINT NOT NULL CHECK (fresh_days BETWEEN 1 AND 1000),
  remind_days BIGINT NOT NULL CHECK (remind_days BETWEEN 1 AND 1000),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL, reopen_days BIGINT NOT NULL DEFAULT 30 CHECK (reopen_days BETWEEN 1 AND 250), answer_days BIGINT NOT NULL DEFAULT 10 CHECK (answer_days BETWEEN 1 AND 250),
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE voice (
  city TEXT NOT NULL, id TEXT NOT NULL,
  matter TEXT NOT NULL,                                   -- its own; one that was merged is closed and the main one's counts
  main TEXT NOT NULL DEFAULT '',                          -- the voice that says the same and is answered for both
  origin TEXT NOT NULL CHECK (origin IN ('answer', 'item', 'remark')),
  origin_id TEXT NOT NULL, question TEXT NOT NULL DEFAULT '',
  org TEXT NOT NULL,
  account TEXT NOT NULL DEFAULT '', asker TEXT NOT NULL DEFAULT '',
  receipt BYTEA,                                          -- hash of the words by which who has no account finds it
  judged_at BIGINT NOT NULL DEFAULT 0,                    -- when she said last that it is solved
  edited_at BIGINT NOT NULL,
  raised_by TEXT NOT NULL, raised_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, matter),
  UNIQUE (city, origin, origin_id, question),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX voice_account ON voice (city, account, id) WHERE account <> '';
CREATE INDEX voice_main ON voice (city, main) WHERE main <> '';
CREATE INDEX voice_org ON voice (city, org);

CREATE TABLE voice_term (
  city TEXT NOT NULL, from_day TEXT NOT NULL,
  answer_days BIGINT NOT NULL CHECK (answer_days BETWEEN 1 AND 250),
  late_days BIGINT NOT NULL CHECK (late_days BETWEEN 0 AND 250),
  unsolved BIGINT NOT NULL CHECK (unsolved BETWEEN 1 AND 9),
  judge_days BIGINT NOT NULL CHECK (judge_days BETWEEN 1 AND 250),
  reopen_days BIGINT NOT NULL CHECK (reopen_days BETWEEN 1 AND 250),
  set_by TEXT NOT NULL, set_at BIGINT NOT NULL,
  PRIMARY KEY (city, from_day)
) WITHOUT ROWID;

CREATE TABLE voice_verdict (
  city TEXT NOT NULL, matter TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  voice TEXT NOT NULL, desk TEXT NOT NULL,                -- whose answer it was
  solved BIGINT NOT NULL CHECK (solved IN (0, 1)),
  words TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL,
  PRIMARY KEY (city, matter, no)
) WITHOUT ROWID;
CREATE INDEX voice_verdict_voice ON voice_verdict (city, voice);

CREATE TABLE volunteer (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  person TEXT NOT NULL, org TEXT NOT NULL,
  skills BIGINT NOT NULL CHECK (skills BETWEEN 0 AND 65535),
  free BIGINT NOT NULL CHECK (free BETWEEN 0 AND 63),
  says TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('applied', 'admitted', 'refused', 'left', 'merged')),
  note TEXT NOT NULL DEFAULT '',                           -- why she was refused
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  FOREIGN KEY (city, org) REFERENCES org (city, id)
) WITHOUT ROWID;
CREATE INDEX volunteer_org ON volunteer (city, org, state);
CREATE UNIQUE INDEX volunteer_person ON volunteer (city, person);
CREATE INDEX volunteer_queue ON volunteer (city, state, made_at, id);

CREATE TABLE volunteer_ban (
  city TEXT NOT NULL, term TEXT NOT NULL, grp TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (city, term, grp, place),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id)
) WITHOUT ROWID;

CREATE TABLE volunteer_certificate (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL, code TEXT NOT NULL,
  volunteer TEXT NOT NULL, person TEXT NOT NULL, org TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes > 0), times BIGINT NOT NULL CHECK (times > 0),
  content TEXT NOT NULL,
  head TEXT NOT NULL, handler TEXT NOT NULL, phone TEXT NOT NULL, remarks TEXT NOT NULL DEFAULT '',
  issued_by TEXT NOT NULL, issued_at BIGINT NOT NULL,
  revoked_by TEXT NOT NULL DEFAULT '', revoked_at BIGINT NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  UNIQUE (city, code),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (first_day <= last_day)
) WITHOUT ROWID;
CREATE INDEX volunteer_certificate_org ON volunteer_certificate (city, org);
CREATE INDEX volunteer_certificate_person ON volunteer_certificate (city, person);
CREATE INDEX volunteer_certificate_volunteer ON volunteer_certificate (city, volunteer);

CREATE TABLE volunteer_day (
  city TEXT NOT NULL, person TEXT NOT NULL, on_day TEXT NOT NULL, moves BIGINT NOT NULL,
  PRIMARY KEY (city, person, on_day)
) WITHOUT ROWID;

CREATE TABLE volunteer_duty (
  city TEXT NOT NULL, session TEXT NOT NULL,
  term TEXT NOT NULL, grp TEXT NOT NULL,
  needed BIGINT NOT NULL CHECK (needed BETWEEN 1 AND 9),
  title TEXT NOT NULL, place TEXT NOT NULL,
  PRIMARY KEY (city, session),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id)
) WITHOUT ROWID;
CREATE INDEX volunteer_duty_term ON volunteer_duty (city, term, grp);

CREATE TABLE volunteer_group (
  city TEXT NOT NULL, id TEXT NOT NULL, serial TEXT NOT NULL,
  name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('class', 'club', 'branch')),
  org TEXT NOT NULL,                                       -- where it belongs and sets out from
  leader TEXT NOT NULL, code TEXT NOT NULL,
  most BIGINT NOT NULL CHECK (most BETWEEN 2 AND 60),
  members BIGINT NOT NULL CHECK (members >= 0),
  ended_at BIGINT NOT NULL DEFAULT 0,
  made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  UNIQUE (city, serial),
  UNIQUE (city, code),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  FOREIGN KEY (city, leader) REFERENCES volunteer (city, id),
  CHECK (members <= most)
) WITHOUT ROWID;
CREATE INDEX volunteer_group_org ON volunteer_group (city, org);

CREATE TABLE volunteer_hours (
  city TEXT NOT NULL, session TEXT NOT NULL, person TEXT NOT NULL, no BIGINT NOT NULL CHECK (no > 0),
  volunteer TEXT NOT NULL, on_day TEXT NOT NULL,
  starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL,
  minutes BIGINT NOT NULL CHECK (minutes BETWEEN 0 AND 480),
  children BIGINT NOT NULL CHECK (children >= 0),          -- who were written down there at that time
  reason TEXT NOT NULL DEFAULT '',                          -- of a correction
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL,
  replaced BIGINT NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1)),
  PRIMARY KEY (city, session, person, no),
  FOREIGN KEY (city, session) REFERENCES volunteer_duty (city, session),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id),
  CHECK (starts_at <= ends_at), CHECK (minutes * 60000000 <= ends_at - starts_at)
) WITHOUT ROWID;
CREATE UNIQUE INDEX volunteer_hours_counts ON volunteer_hours (city, session, person) WHERE replaced = 0;
CREATE INDEX volunteer_hours_person ON volunteer_hours (city, person, on_day);

CREATE TABLE volunteer_member (
  city TEXT NOT NULL, grp TEXT NOT NULL, volunteer TEXT NOT NULL,
  joined_at BIGINT NOT NULL, ended_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, grp, volunteer),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id),
  FOREIGN KEY (city, volunteer) REFERENCES volunteer (city, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX volunteer_member_counts ON volunteer_member (city, volunteer) WHERE ended_at = 0;

CREATE TABLE volunteer_need (
  city TEXT NOT NULL, term TEXT NOT NULL, place TEXT NOT NULL,
  people BIGINT NOT NULL CHECK (people BETWEEN 0 AND 500), room BIGINT NOT NULL CHECK (room BETWEEN 1 AND 500),
  asks BIGINT NOT NULL CHECK (asks BETWEEN 0 AND 65535),
  PRIMARY KEY (city, term, place),
  FOREIGN KEY (city, term) REFERENCES volunteer_term (city, id),
  CHECK (people <= room)
) WITHOUT ROWID;

CREATE TABLE volunteer_pair (
  city TEXT NOT NULL, term TEXT NOT NULL, grp TEXT NOT NULL, place TEXT NOT NULL,
  locked BIGINT NOT NULL CHECK (locked IN (0, 1)),
  metres BIGINT NOT NULL CHECK (metres >= 0), size BIGINT NOT NULL CHECK (size > 0), known BIGINT NOT NULL CHECK (known IN (0, 1)),
  PRIMARY KEY (city, term, grp),
  FOREIGN KEY (city, term, place) REFERENCES volunteer_need (city, term, place),
  FOREIGN KEY (city, grp) REFERENCES volunteer_group (city, id)
) WITHOUT ROWID;
CREATE INDEX volunteer_pair_group ON volunteer_pair (city, grp);
CREATE INDEX volunteer_pair_place ON volunteer_pair (city, term, place);

CREATE TABLE volunteer_term (
  city TEXT NOT NULL, id TEXT NOT NULL, org TEXT NOT NULL, title TEXT NOT NULL,
  first_day TEXT NOT NULL, last_day TEXT NOT NULL,
  reach BIGINT NOT NULL CHECK (reach BETWEEN 0 AND 1000000),
  state TEXT NOT NULL CHECK (state IN ('draft', 'approved')),
  approved_by TEXT NOT NULL DEFAULT '', approved_at BIGINT NOT NULL DEFAULT 0,
  made_by TEXT NOT NULL, made_at BIGINT NOT NULL, edited_at BIGINT NOT NULL,
  PRIMARY KEY (city, id),
  FOREIGN KEY (city, org) REFERENCES org (city, id),
  CHECK (first_day <= last_day)
) WITHOUT ROWID;
CREATE INDEX volunteer_term_org ON volunteer_term (city, org);

CREATE TABLE youth_count (
  city TEXT NOT NULL, village TEXT NOT NULL, band TEXT NOT NULL, since BIGINT NOT NULL,
  n BIGINT NOT NULL CHECK (n >= 0), until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (city, village, band, since),
  FOREIGN KEY (city, village) REFERENCES org (city, id)
) WITHOUT ROWID;
