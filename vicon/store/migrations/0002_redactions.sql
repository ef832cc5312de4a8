-- Entries whose personal fields were removed keep the hash that they had. What they say now is
-- vouched for by `digest`, and all digests of a purge by its own entry, number `purge`, in the chain;
-- see docs/adr/0204-what-a-purge-leaves.md.
CREATE TABLE redactions (
    conference TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    purge INTEGER NOT NULL CHECK (purge > sequence),
    digest TEXT NOT NULL CHECK (length(digest) = 64),
    PRIMARY KEY (conference, sequence, purge)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER redactions_not_changed BEFORE UPDATE ON redactions
BEGIN
    SELECT RAISE(ABORT, 'redactions are only ever added to');
END;

CREATE TRIGGER redactions_not_deleted BEFORE DELETE ON redactions
BEGIN
    SELECT RAISE(ABORT, 'redactions are only ever added to');
END;

-- The event's text alone may change, and only in the transaction that ends with the purge's entry.
DROP TRIGGER journal_not_changed;
CREATE TRIGGER journal_not_changed BEFORE UPDATE ON journal
WHEN NEW.conference IS NOT OLD.conference
    OR NEW.sequence IS NOT OLD.sequence
    OR NEW.at IS NOT OLD.at
    OR NEW.actor IS NOT OLD.actor
    OR NEW.previous IS NOT OLD.previous
    OR NEW.hash IS NOT OLD.hash
    OR NOT EXISTS (
        SELECT 1 FROM redactions
        WHERE conference = OLD.conference
            AND sequence = OLD.sequence
            AND purge = (SELECT max(sequence) FROM journal WHERE conference = OLD.conference)
    )
BEGIN
    SELECT RAISE(ABORT, 'the journal is only ever added to');
END;
