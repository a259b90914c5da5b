/**
 * The steps that build the tables, one per schema version, oldest first; `PRAGMA user_version` counts the steps
 * applied to a file. Only append steps: a file of any age runs those it lacks.
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
  `ALTER TABLE conferences ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0; -- of all events, including deleted ones
   UPDATE conferences SET bytes =
     (SELECT coalesce(sum(octet_length(event)), 0) FROM events WHERE conference_id = conferences.id);
   CREATE TABLE checkpoints (
     conference_id TEXT NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
     version INTEGER NOT NULL,
     bytes_before INTEGER NOT NULL, -- of all events below this version
     state TEXT NOT NULL, -- JSON
     PRIMARY KEY (conference_id, version)
   ) STRICT;`,
  `CREATE TABLE revocations (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;`,
  `CREATE TABLE messages (
     conference_id TEXT NOT NULL REFERENCES conferences (id) ON DELETE CASCADE,
     sequence INTEGER NOT NULL,
     sender TEXT NOT NULL, -- the endpoint
     message_id TEXT NOT NULL,
     message TEXT NOT NULL, -- JSON
     PRIMARY KEY (conference_id, sequence),
     UNIQUE (conference_id, sender, message_id)
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE conferences ADD COLUMN last_message INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE conferences ADD COLUMN dropped_through INTEGER NOT NULL DEFAULT 0; -- the last message that was dropped
   ALTER TABLE conferences ADD COLUMN message_bytes INTEGER NOT NULL DEFAULT 0; -- of the messages that are kept`,
  `ALTER TABLE conferences ADD COLUMN dropped_messages TEXT; -- JSON: for whom they were dropped`,
  `CREATE TABLE standings (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
   CREATE TABLE waiting (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;`,
];
