-- The journal: one row per event, only ever added to. `event` and `actor` are canonical JSON and
-- part of the hash exactly as they stand here; see docs/adr/0201-journal-hash-chain.md.
CREATE TABLE journal (
    conference TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    previous TEXT NOT NULL CHECK (length(previous) = 64),
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    PRIMARY KEY (conference, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_not_changed BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is only ever added to');
END;

CREATE TRIGGER journal_not_deleted BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is only ever added to');
END;
