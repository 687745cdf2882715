/**
 * The journal's own numbered migrations; `user_version` counts them. A journal of a newer version is refused.
 * Stability promise: docs/formats.md.
 */
export const journalMigrations: readonly string[] = [
  `
  CREATE TABLE run (
    id TEXT PRIMARY KEY,
    profile_id TEXT NOT NULL,
    profile_version TEXT NOT NULL,
    bundle_path TEXT NOT NULL,
    bundle_hash TEXT NOT NULL,
    overrides TEXT NOT NULL,
    plan_hash TEXT,
    parent_run TEXT REFERENCES run(id),
    engine_version TEXT NOT NULL,
    phase TEXT NOT NULL,
    condition TEXT NOT NULL,
    outcome TEXT,
    epoch INTEGER NOT NULL DEFAULT 0,
    person TEXT NOT NULL,
    machine TEXT NOT NULL,
    holder TEXT,
    heartbeat_at TEXT,
    auto_rollback INTEGER NOT NULL DEFAULT 0,
    accepted_at TEXT,
    accepted_by TEXT,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    failure TEXT,
    cleaned_at TEXT
  ) STRICT;
  CREATE INDEX run_started ON run(started_at);
  CREATE TABLE document (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE consent (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    text_sha256 TEXT NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (run, subject)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE phase (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    phase TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    result TEXT,
    PRIMARY KEY (run, phase, attempt)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE step (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    ord INTEGER NOT NULL,
    state TEXT NOT NULL,
    undo TEXT NOT NULL,
    counts TEXT,
    error TEXT,
    started_at TEXT,
    ended_at TEXT,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE unit (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    id TEXT NOT NULL,
    state TEXT NOT NULL,
    total INTEGER,
    PRIMARY KEY (run, step, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE chunk (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    unit TEXT NOT NULL,
    path TEXT NOT NULL,
    bounds TEXT NOT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    counts TEXT,
    digest TEXT,
    took_ms REAL,
    PRIMARY KEY (run, step, unit, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    unit TEXT NOT NULL,
    chunk TEXT NOT NULL,
    key TEXT NOT NULL,
    item INTEGER,
    output TEXT,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    column_name TEXT,
    rule TEXT,
    record TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    decided_by TEXT,
    child_run TEXT,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX quarantine_by_reason ON quarantine(run, step, code, state);
  CREATE INDEX quarantine_by_chunk ON quarantine(run, step, unit, chunk);
  CREATE TABLE issue (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    phase TEXT NOT NULL,
    seq INTEGER NOT NULL,
    severity TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, phase, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE point (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    location TEXT NOT NULL,
    state TEXT NOT NULL,
    verified_by TEXT,
    grade TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE point_item (
    point TEXT NOT NULL REFERENCES point(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    connection TEXT NOT NULL,
    body TEXT NOT NULL,
    took_ms REAL,
    PRIMARY KEY (point, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE undo (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    step TEXT NOT NULL,
    unit TEXT NOT NULL,
    path TEXT NOT NULL,
    action TEXT NOT NULL,
    state TEXT NOT NULL,
    expected TEXT,
    found TEXT,
    rows INTEGER NOT NULL DEFAULT 0,
    at TEXT NOT NULL,
    PRIMARY KEY (run, step, unit, path)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE event (
    run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    severity TEXT NOT NULL,
    code TEXT NOT NULL,
    step TEXT,
    text TEXT NOT NULL,
    prev_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE recent_bundle (
    path TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT,
    opened_at TEXT NOT NULL,
    overrides TEXT NOT NULL DEFAULT '{}'
  ) STRICT, WITHOUT ROWID;
  `,
];
