import type { ConferenceInteractionIdSetEvent } from '@parley-rtc/contract';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import type { HistoryPosition } from '../conferences/require-position.ts';
import type { EventLog } from '../event-log/event-log.ts';
import { RefusalError } from '../refusal.ts';
import { openStorage } from '../storage/open-storage.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { noMessages } from '../testing/no-messages.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { OutsideEvents } from './outside-events.ts';
import { Pushes } from './pushes.ts';

const actor = anActor({}, 'create-conference');
const conferenceId = 'c-1';
const created = {
  id: 'created',
  type: 'ConferenceCreatedEvent',
  timestamp: '2026-01-05T10:00:00.123Z',
  conferenceId,
  organizationId: 'o-1',
  conferenceVersion: null,
} as const;

function eventAt(conferenceVersion: number, branch: string): ConferenceInteractionIdSetEvent {
  return {
    ...created,
    id: `${branch} ${conferenceVersion}`,
    type: 'ConferenceInteractionIdSetEvent',
    conferenceVersion,
    interactionId: branch,
  };
}

/** Versions at which the history was set back, and how far it got before. */
interface Past {
  readonly length: number;
  readonly setBackTo: number;
  readonly laterLength: number;
}

const pasts: fc.Arbitrary<Past> = fc
  .record({ length: fc.nat({ max: 8 }), setBackTo: fc.nat({ max: 8 }), laterLength: fc.nat({ max: 8 }) })
  .map(({ length, setBackTo, laterLength }) => ({
    length,
    setBackTo: Math.min(setBackTo, length),
    laterLength,
  }));

/** Fills a log as a server does whose history was set back and then went on with other events. */
async function refill(log: EventLog, { setBackTo, laterLength }: Past): Promise<void> {
  await log.forget(conferenceId);
  await log.begin(created);
  const kept = Array.from({ length: setBackTo }, (_, version) => eventAt(version, 'old'));
  const later = Array.from({ length: laterLength }, (_, index) => eventAt(setBackTo + index, 'new'));
  if (kept.length + later.length > 0) await log.append(conferenceId, 0, [...kept, ...later]);
}

/** Every position that a client of the former history may have. */
function formerPositions({
  length,
}: Past): readonly { readonly version: number; readonly versionId: string }[] {
  return Array.from({ length: length + 1 }, (_, version) => ({
    version,
    versionId: version === 0 ? 'created' : `old ${version - 1}`,
  }));
}

function codeOf(error: unknown): string {
  if (error instanceof RefusalError) return error.code;
  throw error;
}

/** The outcomes of reading by poll, by push and by resumed push. */
function all(isAvailable: boolean): readonly string[] {
  return Array.from({ length: 3 }, () => (isAvailable ? 'accepted' : 'position_unavailable'));
}

describe.each(['memory', 'SQLite'])('positions in a history in %s', (kind) => {
  it('are refused exactly when they are of a branch that the server no longer has', async () => {
    const storage = await openStorage(kind === 'memory' ? undefined : temporaryFolder());
    const { log } = storage;
    await fc.assert(
      fc.asyncProperty(pasts, async (past) => {
        await refill(log, past);
        const clock = new FakeClock();
        const conferences = new Conferences({
          log,
          clock,
          newId: () => 'id',
          pollTimeoutMs: 0,
          endedRetentionMs: 1,
          onError: failLoudly,
        });
        const outside = new OutsideEvents(clock, failLoudly);
        const pushes = new Pushes({ conferences, log, messages: noMessages, outside, clock });
        const head = past.setBackTo + past.laterLength;
        // A hang-up ends polls and pushes that would wait.
        const signal = AbortSignal.abort();
        const outcomes = (position: HistoryPosition, lastEventId: string): Promise<unknown[]> =>
          Promise.all(
            [
              conferences.events(conferenceId, position, actor, signal),
              pushes.open(conferenceId, position, actor, signal),
              pushes.open(conferenceId, { version: 0, lastEventId }, actor, signal),
            ].map((call) => call.then(() => 'accepted', codeOf)),
          );
        for (const position of formerPositions(past)) {
          const { version, versionId } = position;
          expect(await outcomes(position, `${version}.0.${versionId}`)).toEqual(
            all(version <= past.setBackTo),
          );
          expect(await outcomes({ version }, `${version}.0`)).toEqual(all(version <= head));
        }
      }),
      { numRuns: 60 },
    );
    await log.close();
    await storage.close();
  });
});
