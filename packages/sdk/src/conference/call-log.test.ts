import { setLogLevel, setLogSink, type LogLevel, type LogRecord } from '@parley-rtc/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { fakeFetch } from '../testing/fake-fetch.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { Conference } from './conference.ts';
import type { JoinOptions } from './join-options.ts';

let server: FakeServer;
let page: FakePage;
let records: LogRecord[];

useFakeConference((fakes) => {
  ({ server, page } = fakes);
  records = [];
});

afterEach(() => {
  setLogLevel('silent');
  setLogSink(undefined);
});

const write = (record: LogRecord) => void records.push(record);

const messages = (from: readonly LogRecord[] = records) =>
  from.map(({ level, part, message }) => `${level} ${part}: ${message}`);

const consoleMethods = ['error', 'warn', 'info', 'debug', 'log', 'trace'] as const;

/** Publishes, views, loses the path and the endpoint, and leaves. */
async function wholeCall(options: Partial<JoinOptions> = {}): Promise<void> {
  const ada = await joinAs(server, 'ada', options);
  const bob = await joinAs(server, 'bob');
  const mine = await ada.publishStream({ camera: true, microphone: true });
  const theirs = await bob.publishStream({ camera: true });
  await settle();
  await ada.viewStream(theirs.id);
  await mine.mute('audio');
  const [peer] = FakePeerConnection.open;
  peer?.findCandidate('candidate:1 1 udp 1 192.0.2.1 5000 typ host');
  peer?.moveTo('connected');
  peer?.moveTo('failed');
  await settle();
  peer?.moveTo('connected');
  await ada.hold();
  await ada.resume();
  server.endpoints.delete(ada.endpointId);
  server.removeEndpoint(ada.endpointId);
  await settle();
  await Promise.all([ada.leave(), bob.leave()]);
}

describe('the log of a call', () => {
  it('is silent by default', async () => {
    const written = consoleMethods.map((method) => vi.spyOn(console, method));
    await wholeCall();
    for (const method of written) expect(method).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  it('has one line for each decision at info', async () => {
    await wholeCall({ log: { level: 'info', write } });
    expect(messages()).toEqual([
      'info join: joining',
      'info join: joined',
      'info publish: opening',
      'info publish: open',
      'info view: opening',
      'info view: open',
      'info publish: mute',
      'warn publish: restarting ICE',
      'info media: on hold',
      'info media: resumed',
      'warn endpoint: dropped',
      'info endpoint: rejoined',
      'info publish: negotiating again',
      'info view: negotiating again',
      'info conference: leaving',
      'info publish: closed',
      'info view: closed',
    ]);
  });

  it('follows setLogLevel while the call is running, unless it has a level of its own', async () => {
    setLogSink(write);
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob', { log: 'error' });
    expect(records).toEqual([]);
    setLogLevel('info');
    await bob.publishStream({ camera: true });
    expect(records).toEqual([]);
    await ada.publishStream({ camera: true });
    expect(messages()).toEqual(['info publish: opening', 'info publish: open']);
    await Promise.all([ada.leave(), bob.leave()]);
  });

  it('keeps the lines of two conferences apart', async () => {
    const other: LogRecord[] = [];
    const ada = await joinAs(server, 'ada', { log: { level: 'info', write } });
    const bob = await joinAs(server, 'bob', {
      log: { level: 'error', write: (record) => void other.push(record) },
    });
    await Promise.all([ada.leave(), bob.leave()]);
    expect(messages()).toContain('info join: joined');
    expect(other).toEqual([]);
  });

  it('does not disturb the call when the sink throws', async () => {
    const write = vi.fn<() => void>(() => {
      throw new Error('full');
    });
    await wholeCall({ log: { level: 'trace', write } });
    expect(write).toHaveBeenCalled();
    expect(server.conference?.participants).toEqual([]);
  });

  it('refuses a level that does not exist', async () => {
    const joining = Conference.join({
      server: 'https://rtc.example.com',
      conferenceId: 'room',
      token: 'secret',
      log: 'loud' as LogLevel,
    });
    await expect(joining).rejects.toMatchObject({ code: 'ERR_INVALID_OPTIONS' });
  });

  it('says that the events were interrupted, why, and that they are back', async () => {
    const ada = await joinAs(server, 'ada', { log: { level: 'info', write } });
    await settle();
    records.length = 0;
    server.intercept = ({ operation }) => {
      if (operation === 'getEvents') throw broken(operation);
    };
    await ada.setMetadata('note', 'wakes the poll');
    await settle();
    expect(records.find(({ part }) => part === 'feed')).toMatchObject({
      level: 'warn',
      message: 'interrupted',
      fields: { failures: 1, error: 'ERR_CONNECTION' },
    });
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(10_000);
    expect(messages().at(-1)).toBe('info feed: connected again');
    await ada.leave();
  });

  it('says that events are missing', async () => {
    const ada = await joinAs(server, 'ada', { log: { level: 'info', write } });
    server.distort = (events) => events.slice(1);
    await Promise.all([ada.setMetadata('one', '1'), ada.setMetadata('two', '2')]);
    await settle();
    expect(messages()).toContain('warn feed: events missing; reading the state');
    await ada.leave();
  });

  it('says that a stream was given up, and which problem was announced', async () => {
    const ada = await joinAs(server, 'ada', { log: { level: 'warn', write } });
    const { id: streamId } = await ada.publishStream({ camera: true });
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden(operation);
    };
    const [peer] = FakePeerConnection.open;
    peer?.moveTo('connected');
    peer?.moveTo('failed');
    await settle();
    expect(records).toMatchObject([
      { level: 'warn', message: 'restarting ICE', fields: { streamId, attempt: 0, state: 'failed' } },
      { level: 'error', message: 'gave up', fields: { streamId, hadPath: true } },
      { level: 'warn', message: 'problem', fields: { error: 'ERR_MEDIA_CONNECTION' } },
    ]);
    await ada.leave();
  });

  it('names the event that brought the page back', async () => {
    const ada = await joinAs(server, 'ada', { log: { level: 'info', write } });
    page.setOnline(false);
    page.setOnline(true);
    await settle();
    expect(messages()).toEqual(expect.arrayContaining(['info page: offline', 'info page: online']));
    await ada.leave();
  });

  it('says why joining failed', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'join') throw broken(operation);
    };
    await joinAs(server, 'ada', { log: { level: 'error', write } }).catch(() => {});
    expect(records).toMatchObject([
      { part: 'join', message: 'not joined', fields: { error: 'ERR_CONNECTION' } },
    ]);
  });
});

/** Puts the password of an ICE agent into every answer of the server, as real ones have it. */
function withIcePassword(sdp: string): string {
  return `${sdp}\na=ice-ufrag:user\na=ice-pwd:answer-password`;
}

describe('the log of a call at trace', () => {
  it('contains no token, ticket, credential or key, and session descriptions at trace only', async () => {
    const tokens = ['first-token', 'second-token'];
    let accepted = 'first-token';
    server.hasPush = true;
    server.iceServers = [
      { urls: ['turn:turn.example.com'], username: '9999999999:turn-user', credential: 'turn-password' },
    ];
    const api = server.api('ada');
    const answering = {
      ...api,
      publishStream: async (...call: Parameters<typeof api.publishStream>) => {
        const { sdpAnswer, ...answer } = await api.publishStream(...call);
        return { ...answer, ...(sdpAnswer !== undefined && { sdpAnswer: withIcePassword(sdpAnswer) }) };
      },
    };
    vi.stubGlobal(
      'fetch',
      fakeFetch(answering, (token) => token === accepted),
    );
    const ada = await Conference.join({
      server: 'https://rtc.example.com',
      conferenceId: 'room',
      token: () => tokens.shift() ?? 'third-token',
      metadata: { name: 'metadata-of-ada' },
      log: { level: 'trace', write },
    });
    const bob = await joinAs(server, 'bob');
    accepted = 'second-token';
    const mine = await ada.publishStream({ camera: true, microphone: true });
    const theirs = await bob.publishStream({ camera: true });
    await vi.waitFor(() =>
      expect(ada.state.getSnapshot().conference.version).toBe(server.conference?.version),
    );
    await ada.viewStream(theirs.id);
    await ada.setMetadata('note', 'metadata-of-call');
    const [peer] = FakePeerConnection.open;
    peer?.findCandidate('candidate:1 1 udp 1 192.0.2.1 5000 typ host ufrag user');
    peer?.moveTo('connected');
    peer?.moveTo('failed');
    await settle();
    peer?.moveTo('connected');
    accepted = 'none';
    await ada.setMetadata('note', 'refused').catch(() => {});
    accepted = 'third-token';
    await mine.mute('video');
    await Promise.all([ada.leave(), bob.leave()]);

    expect(messages()).toEqual(
      expect.arrayContaining([
        'info api: token in use',
        'warn api: token refused; asking for another',
        'info join: joined',
        'debug feed: polling',
        'info feed: following by push',
        'trace publish: offer',
        'trace publish: answer',
        'trace publish: candidate',
        'warn publish: restarting ICE',
        'info view: open',
        'info publish: mute',
        'info conference: leaving',
      ]),
    );
    const text = JSON.stringify(records);
    for (const secret of [
      'first-token',
      'second-token',
      'third-token',
      'Bearer',
      'turn-user',
      'turn-password',
      'answer-password',
      'metadata-of',
    ]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain('a=ice-pwd:***');
    const withSdp = records.filter((record) => /m=(audio|video)/.test(JSON.stringify(record)));
    expect(new Set(withSdp.map(({ level }) => level))).toEqual(new Set(['trace']));
  });
});
