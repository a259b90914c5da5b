import {
  ForeignAnswerError,
  InvalidRequestError,
  NotFoundError,
  ServerError,
  TimeoutError,
  type RtcApi,
} from '@parley-rtc/client';
import { createdConference, type ConferenceState } from '@parley-rtc/contract';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { broken } from '../../../testing/src/server/fake-server.ts';
import { untilState } from '../state/until-state.ts';
import { Deferred } from '../testing/deferred.ts';
import { mediaCalls, type MediaCallsOptions } from './media-calls.ts';
import { sendNewOffer } from './send-new-offer.ts';
import { TokenWatch } from './token-watch.ts';

const own = { conferenceId: 'room', userEndpointId: 'seat' };
const { signal } = new AbortController();
/** Each call of the API, with what it received. */
let calls: unknown[];
/** What every call fails with, if anything. */
let failure: Error | undefined;
/** The streams of the conference, as last known. */
let streamIds: readonly string[];
let isClosed: boolean;
let isOutside: boolean;
let inside: Promise<void>;
const onProblem = vi.fn<(error: Error) => void>();
const setMuted = vi.fn<MediaCallsOptions['setMuted']>(async () => {});

const api = new Proxy({} as RtcApi, {
  get:
    (_target, operation) =>
    async (...call: readonly unknown[]) => {
      calls.push([operation, ...call]);
      if (failure) throw failure;
      return { streamId: 'answered' };
    },
});

beforeEach(() => {
  calls = [];
  failure = undefined;
  streamIds = ['s1'];
  isClosed = false;
  isOutside = false;
  inside = Promise.resolve();
  onProblem.mockReset();
  setMuted.mockClear();
});

const empty = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
});
const conference = (): ConferenceState => ({
  ...empty,
  participants: [
    {
      id: 'publisher',
      userId: 'ada',
      state: 'HEALTHY',
      metadata: {},
      streams: streamIds.map((id) => ({ id, type: 'CAM', metadata: {}, videoBitrate: 0 })),
    },
  ],
});

const create = () =>
  mediaCalls({
    api,
    own,
    conference,
    setMuted,
    presence: { isOutside: () => isOutside, untilInside: () => inside, isDropped: async () => false },
    isClosed: () => isClosed,
    onProblem,
  });
const offer = { streamId: 's1', conferenceStreamType: 'CAM', sdpOffer: 'v=0' } as const;
const notFound = new NotFoundError({ operation: 'x', status: 404 });
const exists = new InvalidRequestError({ operation: 'x', status: 400, serverError: 'already_exists' });

describe('the calls of a stream', () => {
  it('name the conference, the endpoint and the stream', async () => {
    const { publishing, viewing } = create();
    const view = viewing('s1');
    expect(await publishing.sendOffer(offer, signal)).toEqual({ streamId: 'answered' });
    await publishing.sendCandidates('s1', [{ candidate: 'c' }]);
    await publishing.setBitrate('s1', 30_000);
    await publishing.setMetadata('s1', { a: 1 });
    await publishing.withdraw('s1');
    await view.sendOffer({ viewerId: 'v1', sdpOffer: 'v=0', isNewPath: false }, signal);
    await view.sendCandidates('v1', [{ candidate: 'c' }]);
    await view.updateVideo('v1', { isPaused: true });
    await view.withdraw('v1');
    expect(calls).toEqual([
      ['publishStream', { ...offer, ...own }, { signal }],
      ['addPublishStreamIceCandidates', { ...own, streamId: 's1', iceCandidates: [{ candidate: 'c' }] }],
      ['updatePublishedStreamBitrate', { ...own, streamId: 's1', videoBitrate: 30_000 }],
      ['updateStreamMetadata', { ...own, streamId: 's1', newMetadata: { a: 1 } }],
      ['unpublishStream', { ...own, streamId: 's1' }],
      ['viewStream', { ...own, streamId: 's1', viewerId: 'v1', sdpOffer: 'v=0' }, { signal }],
      [
        'addViewStreamIceCandidates',
        { ...own, streamId: 's1', viewerId: 'v1', iceCandidates: [{ candidate: 'c' }] },
      ],
      ['updateViewStream', { ...own, streamId: 's1', viewerId: 'v1', video: { isPaused: true } }],
      ['stopViewStream', { ...own, streamId: 's1', viewerId: 'v1' }],
    ]);
  });

  it('wait with an offer until we are inside', async () => {
    const gate = new Deferred<void>();
    isOutside = true;
    inside = gate.promise;
    const { publishing, viewing } = create();
    const offers = [
      publishing.sendOffer(offer, signal),
      viewing('s1').sendOffer({ viewerId: 'v1', sdpOffer: '', isNewPath: false }, signal),
    ];
    await Promise.resolve();
    expect(calls).toEqual([]);
    gate.resolve();
    await Promise.all(offers);
    expect(calls).toHaveLength(2);
  });

  it('send an offer of a new path once, whatever happens to its answer', async () => {
    failure = exists;
    const { publishing, viewing } = create();
    const restart = publishing.sendOffer({ ...offer, iceRestart: true }, signal);
    await expect(restart).rejects.toBe(exists);
    const view = { viewerId: 'v1', sdpOffer: '', isNewPath: true };
    await expect(viewing('s1').sendOffer(view, signal)).rejects.toBe(exists);
    expect(calls).toHaveLength(2);
  });

  it.each([
    ['that is unknown', notFound, false, 0],
    ['that fails otherwise', broken('x'), true, 1],
  ])(
    'say whether the server knows a stream %s, and never reject',
    async (_what, error, isKnown, problems) => {
      failure = error;
      const { publishing, viewing } = create();
      expect(await publishing.sendCandidates('s1', [])).toBe(isKnown);
      expect(await viewing('s1').sendCandidates('v1', [])).toBe(isKnown);
      await publishing.withdraw('s1');
      await viewing('s1').withdraw('v1');
      expect(onProblem).toHaveBeenCalledTimes(problems * 4);
    },
  );

  it('withdraw and unmute nothing once the conference is closed, because the server does that', async () => {
    const { publishing, viewing } = create();
    await publishing.setMuted('s1', 'audio', true);
    expect(setMuted.mock.calls).toEqual([['s1', 'audio', true]]);
    isClosed = true;
    expect([publishing.withdraw('s1'), viewing('s1').withdraw('v1')]).toEqual([undefined, undefined]);
    await publishing.setMuted('s1', 'audio', false);
    expect(calls).toEqual([]);
    expect(setMuted).toHaveBeenCalledOnce();
  });

  it('stop no view whose stream has ended, because the server has ended it as well', async () => {
    const { viewing } = create();
    const view = viewing('s1');
    streamIds = ['s2'];
    expect(view.withdraw('v1')).toBeUndefined();
    expect(calls).toEqual([]);
    streamIds = ['s1'];
    await view.withdraw('v1');
    expect(calls).toEqual([['stopViewStream', { ...own, streamId: 's1', viewerId: 'v1' }]]);
  });
});

describe('an offer of something new', () => {
  const send = vi.fn<(id: string) => Promise<object>>();
  const withdraw = vi.fn<(id: string) => Promise<void>>();
  const sendOffer = () => sendNewOffer({ id: 'first', send, withdraw, signal });

  beforeEach(() => {
    send.mockReset().mockResolvedValue({ sdpAnswer: 'v=0' });
    withdraw.mockReset().mockResolvedValue();
  });

  it.each([
    ['an earlier copy of the request took the id', exists],
    ['the connection broke', broken('x')],
    ['a proxy answered in its place', new ForeignAnswerError({ operation: 'x', status: 404 })],
    ['a gateway lost the answer', new ServerError({ operation: 'x', status: 502 })],
    ['a gateway waited in vain', new ServerError({ operation: 'x', status: 504 })],
  ])('is withdrawn and sent again under another id when %s', async (_why, error) => {
    send.mockRejectedValueOnce(error);
    const { id, answer } = await sendOffer();
    expect(withdraw.mock.calls).toEqual([['first']]);
    expect(send.mock.calls).toEqual([['first'], [id]]);
    expect(id).not.toBe('first');
    expect(answer).toEqual({ sdpAnswer: 'v=0' });
  });

  it.each([
    ['a refusal', new InvalidRequestError({ operation: 'x', status: 400 })],
    ['something that is not there', notFound],
    ['a server that failed', new ServerError({ operation: 'x', status: 500 })],
    ['an overloaded server', new ServerError({ operation: 'x', status: 503, serverError: 'overloaded' })],
    ['a timeout', new TimeoutError('x', 1_000)],
  ])('is not sent again after %s', async (_what, error) => {
    send.mockRejectedValueOnce(error);
    await expect(sendOffer()).rejects.toBe(error);
    expect([send.mock.calls.length, withdraw.mock.calls.length]).toEqual([1, 0]);
  });

  it('fails after five tries, and withdraws all but the first, which its caller withdraws', async () => {
    const error = broken('x');
    send.mockRejectedValue(error);
    await expect(sendOffer()).rejects.toBe(error);
    const ids = send.mock.calls.map(([id]) => id);
    expect(new Set(ids).size).toBe(5);
    expect(withdraw.mock.calls.map(([id]) => id)).toEqual(ids);
  });

  it('withdraws nothing of what a later try was refused', async () => {
    const refusal = new InvalidRequestError({ operation: 'x', status: 400 });
    send.mockRejectedValueOnce(broken('x')).mockRejectedValueOnce(refusal);
    await expect(sendOffer()).rejects.toBe(refusal);
    expect(withdraw.mock.calls).toEqual([['first']]);
  });
});

describe('waiting until we are inside', () => {
  let isOutside: boolean;
  let listeners: Set<() => void>;
  const store = {
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const onDone = vi.fn<() => void>();
  const begin = async (abort = new AbortController()) => {
    void untilState(store, () => !isOutside, abort.signal).then(onDone);
    await Promise.resolve();
  };
  const change = async () => {
    for (const listener of Array.from(listeners)) listener();
    await Promise.resolve();
  };

  beforeEach(() => {
    isOutside = true;
    listeners = new Set();
    onDone.mockReset();
  });

  it('ends when the state says so, and leaves no listener', async () => {
    await begin();
    await change();
    expect(onDone).not.toHaveBeenCalled();
    isOutside = false;
    await change();
    expect(onDone).toHaveBeenCalledOnce();
    expect(listeners.size).toBe(0);
  });

  it('ends with an abort, and leaves no listener', async () => {
    const abort = new AbortController();
    const remove = vi.spyOn(abort.signal, 'removeEventListener');
    await begin(abort);
    abort.abort();
    await Promise.resolve();
    expect(onDone).toHaveBeenCalledOnce();
    expect(listeners.size).toBe(0);
    expect(remove).toHaveBeenCalledOnce();
  });

  it('does not begin inside, or after an abort', async () => {
    const aborted = new AbortController();
    aborted.abort();
    await begin(aborted);
    isOutside = false;
    await begin();
    expect(onDone).toHaveBeenCalledTimes(2);
    expect(listeners.size).toBe(0);
  });
});

it('the time for the first token counts, and the claims of the last', () => {
  const watch = new TokenWatch();
  const onChanged = vi.fn<(claims: object) => void>();
  watch.onToken({ claims: { conference_id: 'first' }, tookMs: 30 });
  watch.onChanged = onChanged;
  watch.onToken({ claims: { conference_id: 'second' }, tookMs: 20 });
  expect(watch).toMatchObject({ claims: { conference_id: 'second' }, firstMs: 30 });
  expect(onChanged.mock.calls).toEqual([[{ conference_id: 'second' }]]);
});
