import { ForbiddenError, NotFoundError, type ParleyError } from '@parley-rtc/client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { NegotiationError, StreamNotFoundError } from '../errors/media-errors.ts';
import { Deferred } from '../testing/deferred.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { StreamLink, type LinkCalls, type StreamLinkOptions } from './stream-link.ts';

let conferenceEnds: AbortController;
let appAborts: AbortController;
let isInside: boolean;
/** What the link did, in order. */
let steps: string[];
let link: StreamLink;
const offer = vi.fn<StreamLinkOptions['offer']>();
const withdraw = vi.fn<LinkCalls['withdraw']>();
const onProblem = vi.fn<(error: ParleyError) => void>();

useFakeConference(() => {});

beforeEach(() => {
  conferenceEnds = new AbortController();
  appAborts = new AbortController();
  isInside = true;
  steps = [];
  offer.mockReset().mockResolvedValue();
  withdraw.mockReset().mockResolvedValue(true);
  onProblem.mockReset();
  link = new StreamLink({
    context: {
      calls: {
        withdraw: (id) => {
          steps.push(`withdraw ${id}`);
          return withdraw(id);
        },
        sendCandidates: async () => true,
      },
      logs: () => () => {},
      iceConfiguration: async () => ({}),
      signal: conferenceEnds.signal,
      isInside: () => isInside,
      onPeer: () => void steps.push('peer'),
      onProblem,
      onClosed: () => void steps.push('closed for the conference'),
    },
    log: () => {},
    direction: 'publish',
    id: () => 's1',
    signal: appAborts.signal,
    offer,
    onForgotten: () => void steps.push('forgotten'),
    onClosed: () => void steps.push('closed'),
  });
});

const peer = () => link.peer as unknown as FakePeerConnection;
const establish = (work: () => Promise<unknown> = async () => 'opened') => link.establish(work);
const notFound = new NotFoundError({ operation: 'publishStream', status: 404 });
const refused = new ForbiddenError({ operation: 'publishStream', status: 403 });

describe('closing', () => {
  it('of a stream that the server does not know only closes the connection', async () => {
    await link.close();
    await link.close();
    expect(steps).toEqual(['peer', 'closed', 'closed for the conference']);
    expect(peer().connectionState).toBe('closed');
    expect(link.isClosed).toBe(true);
  });

  it('withdraws a stream before it closes the connection, which sends nothing meanwhile', async () => {
    link.isKnownToServer = true;
    const answer = new Deferred<boolean>();
    withdraw.mockReturnValue(answer.promise);
    const onClosed = vi.fn<() => void>();
    void link.close().then(onClosed);
    expect(steps).toEqual(['peer', 'withdraw s1', 'closed', 'closed for the conference']);
    expect(peer().connectionState).toBe('new');
    await vi.advanceTimersByTimeAsync(999);
    expect(peer().connectionState).toBe('new');
    await vi.advanceTimersByTimeAsync(1);
    expect(peer().connectionState).toBe('closed');
    expect(onClosed).not.toHaveBeenCalled();
    answer.resolve(true);
    await settle();
    expect(onClosed).toHaveBeenCalledOnce();
  });

  it('rejects a negotiation that still runs, with its reason', async () => {
    offer.mockReturnValue(new Promise(() => {}));
    const failure = rejectionOf(link.negotiate('restart'));
    await settle();
    const reason = new StreamNotFoundError('s1');
    await link.close(reason);
    expect(await failure).toBe(reason);
  });

  it.each([
    ['with the conference', () => conferenceEnds.abort(), ['withdraw s1']],
    ['without a call when the stream is gone', () => conferenceEnds.abort(new StreamNotFoundError('s1')), []],
  ])('happens %s', async (_how, end, calls) => {
    link.isKnownToServer = true;
    end();
    await settle();
    expect(link.isClosed).toBe(true);
    expect(steps.filter((step) => step.startsWith('withdraw'))).toEqual(calls);
  });
});

describe('opening', () => {
  it('resolves with what the work returns, and is not undone by the signal of the app later', async () => {
    expect(await establish()).toBe('opened');
    appAborts.abort();
    await settle();
    expect(link.isClosed).toBe(false);
  });

  it.each([
    ['the app aborts it', () => appAborts.abort(), 'ERR_ABORTED'],
    ['the conference ends', () => conferenceEnds.abort(), 'ERR_ABORTED'],
    ['it takes more than 15 s', () => vi.advanceTimersByTime(15_000), 'ERR_TIMEOUT'],
  ])('closes the link when %s', async (_when, end, code) => {
    link.isKnownToServer = true;
    const failure = rejectionOf(establish(() => new Promise(() => {})));
    await vi.advanceTimersByTimeAsync(0);
    end();
    expect(await failure).toMatchObject({ code });
    expect(link.isClosed).toBe(true);
    expect(withdraw).toHaveBeenCalledWith('s1');
  });

  it('withdraws nothing after a refusal', async () => {
    link.isKnownToServer = true;
    await expect(establish(() => Promise.reject(refused))).rejects.toBe(refused);
    expect(link.isClosed).toBe(true);
    expect(withdraw).not.toHaveBeenCalled();
  });

  it('reports a connection that had failed before only after the stream is open', async () => {
    await establish(async () => void (peer().connectionState = 'failed'));
    expect(onProblem).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0);
    expect(onProblem.mock.calls).toMatchObject([[{ code: 'ERR_MEDIA_CONNECTION', streamId: 's1' }]]);
    expect(link.isClosed).toBe(true);
  });
});

describe('a lost connection', () => {
  beforeEach(() => {
    peer().moveTo('connected');
    steps = [];
  });

  it('is negotiated again, each time for at most 15 s', async () => {
    offer.mockReturnValue(new Promise(() => {}));
    peer().moveTo('failed');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(offer.mock.calls.map(([purpose]) => purpose)).toEqual(['restart']);
    const signal = offer.mock.calls[0]?.[1];
    expect(signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signal?.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offer.mock.calls.length).toBeGreaterThan(1);
    await link.close();
  });

  it('may have been forgotten by the server, which its owner handles', async () => {
    offer.mockRejectedValueOnce(notFound);
    peer().moveTo('failed');
    await settle();
    expect(steps).toEqual(['forgotten']);
    expect(link.isClosed).toBe(false);
    await link.close();
  });

  it.each([
    ['the server refuses a new path', refused],
    ['the browser refuses the answer', new NegotiationError('The browser rejected the answer.')],
  ])('closes the link when %s', async (_why, error) => {
    offer.mockRejectedValueOnce(error);
    peer().moveTo('failed');
    await settle();
    expect(onProblem.mock.calls).toMatchObject([[{ code: 'ERR_MEDIA_CONNECTION' }]]);
    expect(link.isClosed).toBe(true);
  });

  it('is tried again when the server cannot be reached', async () => {
    offer.mockRejectedValueOnce(broken('publishStream'));
    peer().moveTo('failed');
    await vi.advanceTimersByTimeAsync(300);
    expect(offer).toHaveBeenCalledTimes(2);
    expect(onProblem).not.toHaveBeenCalled();
    await link.close();
  });

  it('closes nothing while the server does not count us as present', async () => {
    isInside = false;
    link.fail();
    await settle();
    expect(onProblem).not.toHaveBeenCalled();
    expect(link.isClosed).toBe(false);
  });
});

it('negotiates one after another', async () => {
  const first = new Deferred<void>();
  offer.mockReturnValueOnce(first.promise);
  void link.negotiate('restart');
  const second = link.negotiate('reopen');
  await settle();
  expect(offer).toHaveBeenCalledOnce();
  first.resolve();
  await second;
  expect(offer.mock.calls.map(([purpose]) => purpose)).toEqual(['restart', 'reopen']);
});

it('replaces its connection with a new one', () => {
  const before = peer();
  link.reconnect();
  expect(before.connectionState).toBe('closed');
  expect(peer()).not.toBe(before);
  expect(steps).toEqual(['peer', 'peer']);
  expect(link.needsReconnect).toBe(false);
});
