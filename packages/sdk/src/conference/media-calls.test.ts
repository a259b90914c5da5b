import { ForbiddenError, InvalidRequestError, NotFoundError, type RtcApi } from '@parley-rtc/client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { broken } from '../testing/fake-server.ts';
import { mediaCalls, type MediaCallsOptions } from './media-calls.ts';
import { publishOnce } from './publish-once.ts';
import { TokenWatch } from './token-watch.ts';
import { untilInside } from './until-inside.ts';

const own = { conferenceId: 'room', userEndpointId: 'seat' };
const { signal } = new AbortController();
/** Each call of the API, with what it received. */
let calls: unknown[];
/** What every call fails with, if anything. */
let failure: Error | undefined;
let isClosed: boolean;
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
  isClosed = false;
  inside = Promise.resolve();
  onProblem.mockReset();
  setMuted.mockClear();
});

const create = () =>
  mediaCalls({ api, own, setMuted, untilInside: () => inside, isClosed: () => isClosed, onProblem });
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
    await view.sendOffer({ viewerId: 'v1', sdpOffer: 'v=0' }, signal);
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
    inside = gate.promise;
    const { publishing, viewing } = create();
    const offers = [
      publishing.sendOffer(offer, signal),
      viewing('s1').sendOffer({ viewerId: 'v1', sdpOffer: '' }, signal),
    ];
    await Promise.resolve();
    expect(calls).toEqual([]);
    gate.resolve();
    await Promise.all(offers);
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
});

describe('publishing once', () => {
  const publish = vi.fn<Parameters<typeof publishOnce>[1]['publish']>();
  const withdraw = vi.fn<(streamId: string) => Promise<void>>();

  beforeEach(() => {
    publish.mockReset().mockResolvedValue({});
    withdraw.mockReset().mockResolvedValue();
  });

  it('publishes under a new id when an earlier copy of the request took the first', async () => {
    publish.mockRejectedValueOnce(exists);
    const { streamId } = await publishOnce(offer, { publish, withdraw });
    expect(withdraw.mock.calls).toEqual([['s1']]);
    expect(publish.mock.calls[1]?.[0]).toEqual({ ...offer, streamId });
    expect(streamId).not.toBe('s1');
  });

  it('takes the id that the server prefers', async () => {
    publish.mockRejectedValueOnce(exists).mockResolvedValueOnce({ streamId: 'theirs' });
    expect(await publishOnce(offer, { publish, withdraw })).toEqual({ streamId: 'theirs' });
  });

  it('does not mind that the copy is gone by then, but fails when it cannot be withdrawn', async () => {
    publish.mockRejectedValueOnce(exists);
    withdraw.mockRejectedValueOnce(notFound);
    await publishOnce(offer, { publish, withdraw });
    publish.mockRejectedValueOnce(exists);
    const error = broken('unpublishStream');
    withdraw.mockRejectedValueOnce(error);
    await expect(publishOnce(offer, { publish, withdraw })).rejects.toBe(error);
  });

  it.each([
    ['another refusal', new InvalidRequestError({ operation: 'x', status: 400 }), offer],
    [
      'a refusal of another kind',
      new ForbiddenError({ operation: 'x', status: 403, serverError: 'already_exists' }),
      offer,
    ],
    ['a new path of a stream that exists', exists, { ...offer, iceRestart: true }],
  ])('does not repeat %s', async (_what, error, sent) => {
    publish.mockRejectedValueOnce(error);
    await expect(publishOnce(sent, { publish, withdraw })).rejects.toBe(error);
    expect(withdraw).not.toHaveBeenCalled();
    expect(publish).toHaveBeenCalledOnce();
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
    void untilInside(store, () => isOutside, abort.signal).then(onDone);
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
