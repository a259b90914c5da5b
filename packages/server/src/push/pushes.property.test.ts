import type { ConferenceInteractionIdSetEvent } from '@parley-rtc/contract';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { Conferences } from '../conferences/conferences.ts';
import { MemoryEventLog } from '../storage/memory-event-log.ts';
import { anActor } from '../testing/builders.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { noMessages } from '../testing/no-messages.ts';
import { OutsideEvents } from './outside-events.ts';
import { Pushes } from './pushes.ts';

const actor = anActor({}, 'create-conference');
const newId = (): string => crypto.randomUUID();

function eventAt(conferenceVersion: number): ConferenceInteractionIdSetEvent {
  return {
    id: `version ${conferenceVersion}`,
    timestamp: '2026-01-05T10:00:00.123Z',
    conferenceId: 'c-1',
    type: 'ConferenceInteractionIdSetEvent',
    conferenceVersion,
    interactionId: 'i',
  };
}

/** One step: an event in the history, an event outside it, a chunk is read, or the reader disconnects. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constant('change') },
  { weight: 3, arbitrary: fc.constant('send') },
  { weight: 4, arbitrary: fc.constant('read') },
  { weight: 2, arbitrary: fc.constant('break off') },
);

it('delivers everything once and in order, however often its reader disconnects and returns', async () => {
  let resumptions = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 40, size: 'max' }),
      fc.nat({ max: 3 }),
      async (happenings, lost) => {
        const clock = new FakeClock();
        const log = new MemoryEventLog();
        const conferences = new Conferences({
          log,
          clock,
          newId,
          pollTimeoutMs: 1,
          endedRetentionMs: 1,
          onError: failLoudly,
        });
        const outside = new OutsideEvents(clock, failLoudly);
        const pushes = new Pushes({ conferences, log, messages: noMessages, outside, clock });
        await conferences.create({ conferenceId: 'c-1' }, actor);
        const happened: string[] = [];
        const seen: string[] = [];
        let version = 0;
        let lastEventId: string | undefined;
        let hangUp = new AbortController();

        const open = async (): Promise<AsyncIterator<string>> => {
          hangUp = new AbortController();
          const { chunks } = await pushes.open('c-1', { version: 0, lastEventId }, actor, hangUp.signal);
          return chunks[Symbol.asyncIterator]();
        };
        /** Reads one chunk; if the connection breaks, its last messages never arrive. */
        const read = async (arriving: (count: number) => number): Promise<void> => {
          const { value } = await reader.next();
          const messages = [...String(value).matchAll(/^id: (.*)\ndata: (.*)\n\n/gm)];
          for (const [, id, data] of messages.slice(0, arriving(messages.length))) {
            lastEventId = id;
            seen.push((JSON.parse(data ?? '') as { readonly id: string }).id);
          }
        };
        let reader = await open();
        for (const what of happenings) {
          if (what === 'change') {
            await log.append('c-1', version, [eventAt(version)]);
            happened.push(`version ${version}`);
            version += 1;
          } else if (what === 'send') {
            const id = `sent ${happened.length}`;
            outside.publish('c-1', { event: { id }, qos: 'AT_LEAST_ONCE', atVersion: version });
            happened.push(id);
          } else if (what === 'break off') {
            if (seen.length < happened.length) await read((count) => count - lost);
            hangUp.abort();
            reader = await open();
            resumptions += 1;
          } else if (seen.length < happened.length) {
            await read((count) => count);
          }
        }
        while (seen.length < happened.length) await read((count) => count);
        expect(seen).toEqual(happened);
        hangUp.abort();
        expect(pushes.count).toBe(0);
      },
    ),
    { numRuns: 300 },
  );
  expect(resumptions).toBeGreaterThan(300);
});
