/**
 * Schema of the SQLite file, one entry per version, applied in order inside one transaction each.
 * Rows of a run point at content by hash, so that ten runs of an unchanged estate hold its bodies once.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE run (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('running', 'complete', 'abandoned')),
    body TEXT NOT NULL
  );
  CREATE TABLE content (hash TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE node (run INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, covers TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (run, id)) WITHOUT ROWID;
  CREATE TABLE edge (run INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, covers TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (run, id)) WITHOUT ROWID;
  CREATE TABLE batch (run INTEGER NOT NULL, covers TEXT NOT NULL, complete INTEGER NOT NULL, coverage TEXT NOT NULL, PRIMARY KEY (run, covers)) WITHOUT ROWID;
  CREATE TABLE result (run INTEGER PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE acceptance (fingerprint TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, key TEXT UNIQUE, body TEXT NOT NULL);
  CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
  CREATE TRIGGER audit_as_written BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END;
  CREATE TABLE token (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  `,
  `
  CREATE TABLE ticket (place TEXT NOT NULL, fix TEXT NOT NULL, mark TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (place, fix)) WITHOUT ROWID;
  `,
  `
  CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
  ALTER TABLE run ADD COLUMN lease TEXT;
  ALTER TABLE run ADD COLUMN fence INTEGER;
  `,
  `
  CREATE TABLE override (node TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
  `,
];
