/** What an engine that several nodes share, or another node, can lack. */
export type EngineTroubleCode =
  | 'engine_unavailable'
  | 'engine_full'
  | 'engine_read_only'
  | 'engine_not_replicated'
  | 'engine_refused'
  | 'node_replaced'
  | 'node_unavailable';

/** A lack of the machine's resources, or damaged data: neither the caller nor the code is at fault. */
export interface Trouble {
  /** Sent as `error`; never rename one. */
  readonly code: 'disk_full' | 'disk_failed' | 'data_damaged' | 'no_descriptors' | EngineTroubleCode;
  /** What callers read. */
  readonly description: string;
  /** What the operator reads in the log: what happened, and what to do. */
  readonly advice: string;
}

const diskFull: Trouble = {
  code: 'disk_full',
  description: 'The disk of this server is full. Try again later, or on another server.',
  advice: 'The disk is full. Free space in PARLEY_DATA_DIR, or move it to a larger disk.',
};
const diskFailed: Trouble = {
  code: 'disk_failed',
  description: 'The disk of this server fails. Try again later, or on another server.',
  advice: 'The disk of PARLEY_DATA_DIR fails. Replace it, and restart the server on a copy of the folder.',
};
const dataDamaged: Trouble = {
  code: 'data_damaged',
  description: 'Stored data of this server is damaged. Try again later, or on another server.',
  advice:
    'parley.sqlite in PARLEY_DATA_DIR is damaged. Stop the server and restore a backup of the folder, or move the file away to start empty.',
};
const noDescriptors: Trouble = {
  code: 'no_descriptors',
  description: 'This server has no file descriptors left. Try again in a few seconds.',
  advice: 'No file descriptors are left. Raise the limit (LimitNOFILE in systemd, ulimit -n in a shell).',
};

const engineTroubles: Readonly<Record<EngineTroubleCode, Trouble>> = {
  engine_unavailable: {
    code: 'engine_unavailable',
    description: 'This server cannot reach its storage engine. Try again in a few seconds.',
    advice:
      'The engine in PARLEY_REDIS_URL does not answer. Media and open feeds go on; start the engine again.',
  },
  engine_full: {
    code: 'engine_full',
    description: 'The storage engine of this server is full. Try again later.',
    advice: 'The engine in PARLEY_REDIS_URL is full. Raise its maxmemory, or free space on its disk.',
  },
  engine_read_only: {
    code: 'engine_read_only',
    description: 'The storage engine of this server accepts no changes now. Try again in a few seconds.',
    advice:
      'The engine in PARLEY_REDIS_URL is read-only. If it became a replica, point PARLEY_REDIS_URL to the primary.',
  },
  engine_not_replicated: {
    code: 'engine_not_replicated',
    description:
      'The storage engine of this server has too few replicas now, so a change may be lost. Try again in a few seconds.',
    advice:
      'Fewer replicas of the engine than PARLEY_REDIS_REPLICAS, or than its min-replicas-to-write, confirm what is written. Start the missing replicas, or check their connection to the primary.',
  },
  engine_refused: {
    code: 'engine_refused',
    description: 'The storage engine of this server refuses its commands. Try again later.',
    advice: 'The engine in PARLEY_REDIS_URL refuses this server. Check the user and the password in the URL.',
  },
  node_replaced: {
    code: 'node_replaced',
    description: 'This node was away for too long and starts again. Try again in a few seconds.',
    advice:
      'Other nodes declared this node dead, because it did not renew its lease in time. It closed its streams and starts again under a new incarnation.',
  },
  node_unavailable: {
    code: 'node_unavailable',
    description: 'The node that has this stream does not answer. Try again in a few seconds.',
    advice: 'Another node does not answer at its PARLEY_NODE_URL. Nodes must reach each other there.',
  },
};

/** An engine, or another node, failed a request. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly trouble: Trouble;
  constructor(code: EngineTroubleCode, cause?: unknown) {
    super(engineTroubles[code].description, { cause });
    this.trouble = engineTroubles[code];
  }
}

const bySystemCode: Readonly<Record<string, Trouble>> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EIO: diskFailed,
  EROFS: diskFailed,
  EMFILE: noDescriptors,
  ENFILE: noDescriptors,
};

/** SQLite's primary result codes, the low byte of its extended codes. */
const bySqliteCode: Readonly<Record<number, Trouble>> = {
  8: diskFailed, // SQLITE_READONLY
  10: diskFailed, // SQLITE_IOERR
  11: dataDamaged, // SQLITE_CORRUPT
  13: diskFull, // SQLITE_FULL
  14: noDescriptors, // SQLITE_CANTOPEN: an open file needs no other one but descriptors
  26: dataDamaged, // SQLITE_NOTADB
};

/** The stored text is not what this server wrote, although the database could read it. */
export class DamagedDataError extends Error {
  override readonly name = 'DamagedDataError';
}

/** The trouble behind an error or one of its causes; undefined for any other error. */
export function troubleOf(error: unknown): Trouble | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof DamagedDataError) return dataDamaged;
  if (error instanceof EngineError) return error.trouble;
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const found =
    typeof errcode === 'number'
      ? bySqliteCode[errcode & 0xff]
      : bySystemCode[typeof code === 'string' ? code : ''];
  return found ?? troubleOf(error.cause);
}
