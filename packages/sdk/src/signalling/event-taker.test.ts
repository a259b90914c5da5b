import { createdConference, type ConferenceEvent, type ConferenceState } from '@parley-rtc/contract';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EventTaker } from './event-taker.ts';
import { oncePerCode } from './once-per-code.ts';

const { signal } = new AbortController();
let state: ConferenceState;
let delivered: string[];
let taker: EventTaker;
const onProblem = vi.fn<(error: { readonly code: string }) => void>();

const created = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
});

const sink = {
  conference: () => state,
  onEvent: (event: ConferenceEvent, next: ConferenceState | undefined) => {
    delivered.push(`${event.id} ${next ? next.version : 'outside'}`);
    if (next) state = next;
  },
};

/** The event that leads from this version to the next. */
const joined = (version: number, id = `e${version + 1}`) => ({
  type: 'ConferenceJoinedEvent',
  id,
  timestamp: '',
  userId: id,
  userEndpointId: id,
  conferenceId: 'room',
  conferenceVersion: version,
});
const outside = (id: string, type = 'ChatMessageSentEvent') => ({ type, id, conferenceVersion: null });

beforeEach(() => {
  state = { ...created, versionId: 'e0' };
  delivered = [];
  onProblem.mockReset();
  taker = new EventTaker(sink, oncePerCode(onProblem));
});

it('delivers each event once and in order, and says whether the conference advanced', () => {
  const base = state.version;
  expect(taker.take([joined(base + 1, 'b'), joined(base, 'a')], signal)).toBe(true);
  expect(delivered).toEqual([`a ${base + 1}`, `b ${base + 2}`]);
  expect(taker.take([joined(base + 1, 'b')], signal)).toBe(false);
  expect(taker.take([], signal)).toBe(false);
  expect(delivered).toHaveLength(2);
  expect([taker.needsSnapshot, taker.isSetBack]).toEqual([false, false]);
});

it('stops delivering once it is aborted', () => {
  const abort = new AbortController();
  const base = state.version;
  vi.spyOn(sink, 'onEvent').mockImplementationOnce(() => abort.abort());
  expect(taker.take([joined(base, 'a'), joined(base + 1, 'b')], abort.signal)).toBe(true);
  expect(delivered).toEqual([]);
  vi.restoreAllMocks();
});

describe('an event outside the history', () => {
  it('is delivered once, which does not advance the conference', () => {
    expect(taker.take([outside('x'), outside('x')], signal)).toBe(false);
    expect(taker.take([outside('x')], signal)).toBe(false);
    expect(delivered).toEqual(['x outside']);
  });

  it('without an id is delivered each time', () => {
    taker.take([outside(''), outside('')], signal);
    expect(delivered).toEqual([' outside', ' outside']);
  });

  it('is recognized among the last 512', () => {
    const many = Array.from({ length: 512 }, (_, index) => outside(`x${index}`));
    taker.take(many, signal);
    delivered = [];
    taker.take([outside('x0')], signal);
    expect(delivered).toEqual([]);
    taker.take([outside('one more')], signal);
    delivered = [];
    taker.take([outside('x1'), outside('x0')], signal);
    expect(delivered).toEqual(['x0 outside']);
  });

  it('is still known after a snapshot', () => {
    taker.take([outside('x')], signal);
    taker.restart(state);
    taker.take([outside('x')], signal);
    expect(delivered).toEqual(['x outside']);
  });

  it.each([
    ['ConferenceNetworkIndicatorUpdatedEvent', false],
    ['ConferenceStreamLayersUpdatedEvent', false],
    ['ConferenceStreamMovingEvent', false],
    ['ChatMessageSentEvent', false],
    ['ConferenceJoinedEvent', true],
  ])('of the type %s requires a snapshot: %s', (type, isRequired) => {
    const details = {
      userId: 'u',
      userEndpointId: 'u',
      streamId: 's',
      activeRids: [],
      averageNetworkQuality: 1,
      participantIndicatorMap: {},
    };
    expect(taker.take([{ ...outside('x', type), ...details }], signal)).toBe(isRequired);
    expect(taker.needsSnapshot).toBe(isRequired);
    expect(onProblem).not.toHaveBeenCalled();
  });
});

it('requires a snapshot when an event is missing, until there is one', () => {
  expect(taker.take([joined(state.version + 3)], signal)).toBe(true);
  expect([taker.needsSnapshot, taker.isSetBack]).toEqual([true, false]);
  taker.restart(state);
  expect(taker.needsSnapshot).toBe(false);
});

describe('another history', () => {
  it('is recognized by the event that led to our version', () => {
    taker.take([joined(state.version, 'a')], signal);
    expect(taker.take([joined(state.version - 1, 'other')], signal)).toBe(true);
    expect([taker.needsSnapshot, taker.isSetBack]).toEqual([true, true]);
    taker.restart(state);
    expect([taker.needsSnapshot, taker.isSetBack]).toEqual([false, false]);
  });

  it.each([
    ['the event itself', () => joined(state.version - 1, 'a')],
    ['an event without an id', () => joined(state.version - 1, '')],
    ['an earlier one', () => joined(state.version - 2, 'other')],
  ])('is not recognized by %s', (_what, event) => {
    taker.take([joined(state.version, 'z'), joined(state.version + 1, 'a')], signal);
    taker.take([event()], signal);
    expect(taker.isSetBack).toBe(false);
  });

  it('is not recognized where the server identifies no versions', () => {
    state = created;
    const { version } = state;
    state = { ...state, version: version + 1, versionId: undefined };
    taker.take([joined(version, 'other')], signal);
    expect(taker.isSetBack).toBe(false);
  });
});

it('knows the states that may precede its own', () => {
  taker.take([joined(state.version, 'a'), joined(state.version + 1, 'b')], signal);
  const mayPrecede = (versionId: string | undefined) => taker.mayPrecede({ ...state, versionId });
  expect(['e0', 'a', 'b', 'other', undefined].map(mayPrecede)).toEqual([true, true, true, false, true]);
  taker.restart({ ...state, versionId: 'c' });
  expect(['e0', 'a', 'b', 'c'].map(mayPrecede)).toEqual([false, false, false, true]);
  taker.restart({ ...state, versionId: undefined });
  expect(mayPrecede('')).toBe(false);
});

it('skips what is not an event, and reports it', () => {
  expect(taker.take(['nonsense', joined(state.version, 'a')], signal)).toBe(true);
  expect(delivered).toHaveLength(1);
  expect(onProblem.mock.calls).toMatchObject([[{ code: 'ERR_UNREADABLE_EVENT' }]]);
});
