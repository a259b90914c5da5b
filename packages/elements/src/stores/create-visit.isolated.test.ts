import type { Conference, ConferenceSnapshot, ParleyError } from '@parley-rtc/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVisit } from './create-visit.ts';
import type { VisitOptions } from './visit-options.ts';

/** What the server does, and the tickets that it redeemed. */
const server = vi.hoisted(() => ({
  redeemed: [] as string[],
  refusesTicket: undefined as Error | undefined,
  refusesLook: undefined as Error | undefined,
  refusesEntry: undefined as Error | undefined,
  inside: [] as readonly [] | 'ended',
  looks: 0,
  enter: undefined as (() => Conference) | undefined,
}));

vi.mock('./enter.ts', () => ({
  prepare: async () => {},
  placeOf: async ({ ticket }: VisitOptions) => {
    server.redeemed.push(typeof ticket === 'function' ? await ticket() : String(ticket));
    if (server.refusesTicket) throw server.refusesTicket;
    return { conferenceId: 'room', token: 'token' };
  },
  lookInside: async () => {
    server.looks += 1;
    if (server.refusesLook) throw server.refusesLook;
    return server.inside;
  },
  enter: async () => {
    if (server.refusesEntry) throw server.refusesEntry;
    return server.enter?.();
  },
}));

function failure(code: string, more: object = {}): ParleyError {
  return Object.assign(new Error(code), { code, retryable: false, ...more }) as ParleyError;
}

/** A conference whose connection the test changes. */
function fakeConference() {
  let connection: ConferenceSnapshot['connection'] = 'connected';
  const listeners = new Set<() => void>();
  const state = {
    getSnapshot: () => ({ connection, removal: undefined }),
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const leave = async (): Promise<void> => {
    connection = 'left';
    for (const listener of listeners) listener();
  };
  return { state, leave, on: () => () => {} } as unknown as Conference;
}

const expired = failure('ERR_INVALID_REQUEST', { serverError: 'invalid_grant' });
let issued: number;
const options = { server: 'https://rtc.example.com', ticket: () => `ticket ${++issued}` };

beforeEach(() => {
  vi.useFakeTimers();
  issued = 0;
  Object.assign(server, {
    redeemed: [],
    refusesTicket: undefined,
    refusesLook: undefined,
    refusesEntry: undefined,
    inside: [],
    looks: 0,
    enter: fakeConference,
  });
});
afterEach(() => void vi.useRealTimers());

describe('a ticket', () => {
  it('is redeemed once for looking and joining', async () => {
    const visit = createVisit(() => options);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(25_000);
    await visit.join({});
    stop();
    expect(visit.getSnapshot().phase).toBe('inside');
    expect(server).toMatchObject({ redeemed: ['ticket 1'], looks: 3 });
  });

  it('that a function gives is asked for again after a failure, and after the call', async () => {
    const visit = createVisit(() => options);
    server.refusesEntry = failure('ERR_CONFERENCE_FULL', { retryable: true });
    await visit.join({});
    expect(visit.getSnapshot()).toMatchObject({ phase: 'before', error: { code: 'ERR_CONFERENCE_FULL' } });
    server.refusesEntry = undefined;
    await visit.join({});
    await visit.getSnapshot().conference?.leave();
    expect(visit.getSnapshot()).toMatchObject({ phase: 'over', ending: 'left' });
    await visit.join({});
    expect(server.redeemed).toEqual(['ticket 1', 'ticket 2', 'ticket 3']);
  });

  it('that is text is redeemed again only if the server no longer accepts its login', async () => {
    const visit = createVisit(() => ({ ...options, ticket: 'text' }));
    server.refusesEntry = failure('ERR_CONFERENCE_FULL', { retryable: true });
    await visit.join({});
    await visit.join({});
    expect(server.redeemed).toEqual(['text']);
    server.refusesEntry = failure('ERR_UNAUTHORIZED');
    await visit.join({});
    await visit.join({});
    expect(server.redeemed).toEqual(['text', 'text']);
  });

  it.each([
    ['at the first look', { refusesTicket: expired }],
    ['when its login is renewed', { refusesEntry: failure('ERR_TOKEN', { cause: expired }) }],
  ])('that the server refuses %s ends the visit, until the user tries again', async (_when, refusal) => {
    Object.assign(server, refusal);
    const visit = createVisit(() => options);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(0);
    await visit.join({});
    expect(visit.getSnapshot()).toMatchObject({ phase: 'over', ending: 'expired' });
    Object.assign(server, { refusesTicket: undefined, refusesEntry: undefined });
    visit.reset();
    await vi.advanceTimersByTimeAsync(0);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'before', error: undefined, inside: [] });
    stop();
  });
});

describe('looking', () => {
  it('that shows a call that has ended ends the visit, which an empty call does not', async () => {
    const visit = createVisit(() => options);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'before', inside: [] });
    server.inside = 'ended';
    await vi.advanceTimersByTimeAsync(30_000);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'over', ending: 'gone' });
    expect(server.looks).toBe(2);
    stop();
  });

  it.each([
    ['ERR_NOT_FOUND', 'gone'],
    ['ERR_REMOVED', 'removed'],
  ])('that shows %s ends the visit: %s', async (code, ending) => {
    server.refusesLook = failure(code);
    const visit = createVisit(() => options);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'over', ending });
    expect(server.looks).toBe(1);
    stop();
  });

  it('waits for a ticket or a token that the page fetches after it has shown the element', async () => {
    let known: VisitOptions = { server: options.server };
    const visit = createVisit(() => known);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'before', error: undefined });
    known = { ...known, ticket: 'late' };
    visit.reset();
    await vi.advanceTimersByTimeAsync(0);
    expect(visit.getSnapshot()).toMatchObject({ phase: 'before', inside: [] });
    expect(server.redeemed).toEqual(['late']);
    stop();
  });

  it('begins again with another ticket after a failure that lasts', async () => {
    server.refusesLook = failure('ERR_UNEXPECTED');
    const visit = createVisit(() => options);
    const stop = visit.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(visit.getSnapshot().error).toBeDefined();
    server.refusesLook = undefined;
    visit.reset();
    await vi.advanceTimersByTimeAsync(0);
    expect(visit.getSnapshot()).toMatchObject({ error: undefined, inside: [] });
    stop();
  });

  it.each([
    ['ERR_CONNECTION', undefined],
    ['ERR_SERVER', undefined],
    ['ERR_CONFERENCE_FULL', { code: 'ERR_CONFERENCE_FULL' }],
  ])(
    'once the server answers again, after joining failed with %s, leaves the error %o',
    async (code, left) => {
      const broken = failure(code, { retryable: true });
      const visit = createVisit(() => options);
      const stop = visit.look();
      Object.assign(server, { refusesEntry: broken, refusesLook: broken });
      await visit.join({});
      await vi.advanceTimersByTimeAsync(20_000);
      expect(visit.getSnapshot().error).toMatchObject({ code });
      server.refusesLook = undefined;
      await vi.advanceTimersByTimeAsync(10_000);
      const { phase, error, inside } = visit.getSnapshot();
      expect({ phase, error, inside }).toMatchObject({ phase: 'before', error: left, inside: [] });
      stop();
    },
  );

  it('stops after a failure that lasts, and goes on after one that may pass', async () => {
    server.refusesLook = failure('ERR_UNEXPECTED');
    const failed = createVisit(() => options);
    const stopFailed = failed.look();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(failed.getSnapshot()).toMatchObject({ phase: 'before', error: { code: 'ERR_UNEXPECTED' } });
    expect(server.looks).toBe(1);
    stopFailed();

    server.refusesLook = failure('ERR_CONNECTION', { retryable: true });
    const offline = createVisit(() => options);
    const stopOffline = offline.look();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(offline.getSnapshot().error).toBeUndefined();
    expect(server.looks).toBe(4);
    stopOffline();
  });
});
