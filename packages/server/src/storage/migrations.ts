/**
 * How the tables came to be, one step for each schema version, oldest first; `PRAGMA user_version` counts the steps a
 * file has seen. Steps are only ever added: a file of any age passes through those it lacks.
 */
export const migrations: readonly string[] = [
  `CREATE TABLE conferences (
     id TEXT PRIMARY KEY NOT NULL,
     created TEXT NOT NULL, -- the creation event, JSON
     version INTEGER NOT NULL -- how many events follow
   ) STRICT;
   CREATE TABLE events (
     conference_id TEXT NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
     version INTEGER NOT NULL,
     event TEXT NOT NULL, -- JSON
     PRIMARY KEY (conference_id, version)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE signing_keys (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
   CREATE TABLE refresh_tokens (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
   CREATE TABLE tickets (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
   CREATE TABLE user_endpoints (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;`,
];
