CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    conference TEXT NOT NULL,
    room TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT,
    profile TEXT,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    by TEXT NOT NULL,
    sweep TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX runs_by_room ON runs (conference, room, started_at);
CREATE INDEX runs_by_time ON runs (conference, started_at);
CREATE INDEX runs_by_hash ON runs (hash);
CREATE INDEX runs_unfinished ON runs (state) WHERE state = 'running';
CREATE TABLE reports (
    digest TEXT PRIMARY KEY,
    run TEXT NOT NULL REFERENCES runs (id),
    format TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
