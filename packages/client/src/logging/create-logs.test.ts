import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConnectionError, ForbiddenError } from '../errors/api-errors.ts';
import { createLogs } from './create-logs.ts';
import type { LogLevel } from './log-level.ts';
import type { LogRecord, LogSetting } from './log-record.ts';
import { setLogLevel, setLogSink } from './page-log.ts';

afterEach(() => {
  setLogLevel('silent');
  setLogSink(undefined);
  vi.restoreAllMocks();
});

/** A sink, and what it received. */
function aSink(): { records: LogRecord[]; write: (record: LogRecord) => void } {
  const records: LogRecord[] = [];
  return { records, write: (record) => void records.push(record) };
}

/** Resolves once all lines have reached their sinks. */
const delivered = () => new Promise((resolve) => setTimeout(resolve));

const levels = ['error', 'warn', 'info', 'debug', 'trace'] as const;

/** Writes one line of each level and returns the levels that arrive. */
async function writtenLevels(level: LogLevel): Promise<string[]> {
  const { records, write } = aSink();
  const log = createLogs({ level, write })('feed');
  for (const one of levels) log(one, 'polling');
  await delivered();
  return records.map((record) => record.level);
}

describe('createLogs', () => {
  it('writes the lines of its level and of all that matter more', async () => {
    expect(await writtenLevels('silent')).toEqual([]);
    expect(await writtenLevels('error')).toEqual(['error']);
    expect(await writtenLevels('info')).toEqual(['error', 'warn', 'info']);
    expect(await writtenLevels('trace')).toEqual(levels);
  });

  it('says part, message, known fields and time', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000);
    const { records, write } = aSink();
    createLogs({ level: 'info', write })('feed')('info', 'polling', { version: 12, isProbe: undefined });
    await delivered();
    expect(records).toEqual([
      { level: 'info', part: 'feed', message: 'polling', fields: { version: 12 }, timeMs: 1_700_000_000_000 },
    ]);
  });

  it('reads the context of a part for each line', async () => {
    const { records, write } = aSink();
    let streamId: string | undefined;
    const log = createLogs({ level: 'info', write })('publish', () => ({ streamId }));
    log('info', 'publishing');
    streamId = 's1';
    log('info', 'published', { tookMs: 3.2 });
    await delivered();
    expect(records.map(({ fields }) => fields)).toEqual([{}, { streamId: 's1', tookMs: 3 }]);
  });

  it('says of an error its codes and none of its words', async () => {
    const { records, write } = aSink();
    const log = createLogs({ level: 'warn', write })('join');
    const failure = { operation: 'join', status: 403, serverError: 'no_role', serverMessage: 'eyJ.secret' };
    log('warn', 'failed', {}, new ForbiddenError({ ...failure, requestId: 'r1' }));
    log(
      'warn',
      'failed',
      {},
      new ConnectionError('join', 'https://a.example', { cause: new TypeError('x') }),
    );
    log('warn', 'failed', {}, 'secret');
    await delivered();
    expect(records.map(({ fields }) => fields)).toEqual([
      { error: 'ERR_FORBIDDEN', status: 403, serverError: 'no_role', requestId: 'r1' },
      { error: 'ERR_CONNECTION', cause: 'TypeError' },
      {},
    ]);
  });

  it('masks the ICE password of a session description', async () => {
    const { records, write } = aSink();
    const sdp = 'v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:hush+/1\r\nm=audio\r\na=ice-pwd:hush2\r\n';
    createLogs({ level: 'trace', write })('publish')('trace', 'offer', { sdp });
    await delivered();
    expect(records[0]?.fields['sdp']).toBe(
      'v=0\r\na=ice-ufrag:abcd\r\na=ice-pwd:***\r\nm=audio\r\na=ice-pwd:***\r\n',
    );
  });

  it('follows the page where it has no setting of its own, also later', async () => {
    const [page, own] = [aSink(), aSink()];
    setLogSink(page.write);
    const follower = createLogs()('a');
    const withOwnLevel = createLogs('warn')('b');
    const withOwnSink = createLogs({ write: own.write })('c');
    const writeAll = () => {
      for (const log of [follower, withOwnLevel, withOwnSink]) {
        log('warn', 'careful');
        log('debug', 'detail');
      }
    };
    const written = ({ records }: typeof page) => records.map(({ part, message }) => `${part} ${message}`);

    writeAll();
    await delivered();
    expect([written(page), written(own)]).toEqual([['b careful'], []]);
    setLogLevel('debug');
    writeAll();
    await delivered();
    expect(written(page)).toEqual(['b careful', 'a careful', 'a detail', 'b careful']);
    expect(written(own)).toEqual(['c careful', 'c detail']);
  });

  it('survives a sink that throws or rejects', async () => {
    const rejections = vi.fn<() => void>();
    process.on('unhandledRejection', rejections);
    const sinks = [
      () => {
        throw new Error('full');
      },
      async () => Promise.reject(new Error('full')),
    ];
    for (const write of sinks) createLogs({ level: 'info', write })('feed')('info', 'polling');
    await new Promise((resolve) => setTimeout(resolve));
    process.off('unhandledRejection', rejections);
    expect(rejections).not.toHaveBeenCalled();
  });

  it('refuses a level that does not exist, and names those that do', () => {
    const refusal = expect.objectContaining({
      code: 'ERR_INVALID_OPTIONS',
      message: '"loud" is not a log level. Use one of: silent, error, warn, info, debug, trace.',
    });
    const loud = 'loud' as LogLevel;
    expect(() => setLogLevel(loud)).toThrow(refusal);
    for (const setting of [loud, { level: loud }] satisfies LogSetting[]) {
      expect(() => createLogs(setting)).toThrow(refusal);
    }
  });
});

describe('the console', () => {
  it('receives each line by the method of its level, and trace without a stack', async () => {
    const lines: unknown[][] = [];
    for (const method of ['error', 'warn', 'info', 'debug', 'trace'] as const) {
      vi.spyOn(console, method).mockImplementation((...line) => void lines.push([method, ...line]));
    }
    setLogLevel('trace');
    const log = createLogs()('feed');
    for (const level of levels) log(level, 'polling', { version: 12 });
    log('info', 'gone');
    await delivered();
    expect(lines).toEqual([
      ...['error', 'warn', 'info', 'debug', 'debug'].map((method) => [
        method,
        '[parley:feed] polling',
        { version: 12 },
      ]),
      ['info', '[parley:feed] gone'],
    ]);
  });
});
