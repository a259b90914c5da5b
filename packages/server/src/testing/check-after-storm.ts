import {
  conferenceToWire,
  createdConference,
  decodeEvent,
  reduce,
  type ConferenceEvent,
  type ConferenceState,
  type WireConference,
} from '@parley-rtc/contract';
import { expect } from 'vitest';
import type { StormJournal } from './command-storm.ts';
import type { Caller } from './test-server.ts';

/** The findings after a storm. */
export interface StormFindings {
  readonly acknowledged: number;
  /** Commands whose response was lost with the server. */
  readonly unknown: number;
  /** Those of them that were executed. */
  readonly unknownButDone: number;
  /** Streams that the new server unpublished. */
  readonly withdrawn: number;
}

/**
 * Compares the state of a new server with what the storm learned from its dead predecessor. `diedAtMs` lies between
 * the last event of the old server and the first of the new one.
 */
export async function checkAfterStorm(
  journal: StormJournal,
  caller: Caller,
  diedAtMs: number,
): Promise<StormFindings> {
  const conferenceIds = new Set(journal.deeds.map(({ conferenceId }) => conferenceId));
  const histories = new Map<string, readonly ConferenceEvent[]>();
  let withdrawn = 0;
  for (const conferenceId of conferenceIds) {
    const history = await historyOf(caller, conferenceId);
    histories.set(conferenceId, history);
    if (history.length > 0) await checkFold(caller, conferenceId, history);
    checkNoneIsHalf(history.filter((event) => happenedBefore(event, diedAtMs)));
    withdrawn += history.filter((event) => !happenedBefore(event, diedAtMs) && isWithdrawal(event)).length;
    const heard = journal.heard.get(conferenceId) ?? [];
    expect(history.slice(1, heard.length + 1), 'what followers heard').toEqual(heard);
  }
  return { ...checkDeeds(journal, histories), withdrawn };
}

/** Empty if there is no such conference. */
async function historyOf(caller: Caller, conferenceId: string): Promise<readonly ConferenceEvent[]> {
  const { status, body } = await caller.call<readonly unknown[]>('getEvents', {
    params: { id: conferenceId },
  });
  if (status === 404) return [];
  expect(status).toBe(200);
  return body.map(decodeEvent);
}

/**
 * Checks that versions are contiguous, and that the history folds to the served state, without streams of the dead
 * process.
 */
async function checkFold(
  caller: Caller,
  conferenceId: string,
  [created, ...events]: readonly ConferenceEvent[],
): Promise<void> {
  if (created?.type !== 'ConferenceCreatedEvent') throw new Error(`${conferenceId} does not begin.`);
  expect(events.map(({ conferenceVersion }) => conferenceVersion)).toEqual(events.map((_, index) => index));
  const state = events.reduce<ConferenceState>(reduce, createdConference(created));
  const told = await caller.do<WireConference>('getConference', { params: { id: conferenceId } });
  expect(told).toEqual(JSON.parse(JSON.stringify(conferenceToWire(state))));
  expect(state.participants.flatMap(({ streams }) => streams)).toEqual([]);
}

/** In the storm participants unpublish only by leaving, which is one command: all of it happened, or nothing. */
function checkNoneIsHalf(history: readonly ConferenceEvent[]): void {
  history.forEach((event, index) => {
    if (event.type !== 'ConferenceStreamUnpublishedEvent') return;
    const { userEndpointId, timestamp } = event;
    const departed = history.slice(index).find(({ type }) => type === 'ConferenceLeftEvent');
    expect(departed, 'the rest of a departure').toMatchObject({ userEndpointId, timestamp });
  });
}

/** Checks that every acknowledged command is found once, every refused one never, and every other at most once. */
function checkDeeds(
  { deeds }: StormJournal,
  histories: ReadonlyMap<string, readonly ConferenceEvent[]>,
): Omit<StormFindings, 'withdrawn'> {
  const findings = { acknowledged: 0, unknown: 0, unknownButDone: 0 };
  for (const { operationId, conferenceId, outcome, isProvenBy } of deeds) {
    const found = (histories.get(conferenceId) ?? []).filter(isProvenBy).length;
    if (outcome === 'unknown') {
      findings.unknown += 1;
      findings.unknownButDone += found;
      expect(found, `${operationId} in ${conferenceId}, answer unknown`).toBeLessThanOrEqual(1);
    } else {
      if (outcome === 'acknowledged') findings.acknowledged += 1;
      expect(found, `${operationId} in ${conferenceId}, ${outcome}`).toBe(outcome === 'acknowledged' ? 1 : 0);
    }
  }
  return findings;
}

function happenedBefore({ timestamp }: ConferenceEvent, momentMs: number): boolean {
  return Date.parse(timestamp) <= momentMs;
}

function isWithdrawal({ type }: ConferenceEvent): boolean {
  return type === 'ConferenceStreamUnpublishedEvent';
}
