import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PushReader } from '../testing/push-reader.ts';
import { startTestServer, type Caller } from '../testing/test-server.ts';
import { MqttReader, type HeardEvent } from './testing/mqtt-reader.ts';

/** What happens in a conference: others act, an unversioned event is sent, or the reader's connection breaks. */
const happening = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('join', 'publish', 'metadata', 'leave') },
  { weight: 2, arbitrary: fc.constant('send') },
  { weight: 2, arbitrary: fc.constant('break off') },
);
type Happening = 'join' | 'publish' | 'metadata' | 'leave' | 'send' | 'break off';

/** Others in the conference, who act at random. */
class Others {
  readonly #caller: Caller;
  readonly #conferenceId: string;
  readonly #inside: string[] = [];
  #count = 0;

  constructor(caller: Caller, conferenceId: string) {
    this.#caller = caller;
    this.#conferenceId = conferenceId;
  }

  async act(what: Happening): Promise<void> {
    const conferenceId = this.#conferenceId;
    const userEndpointId = this.#inside.at(-1);
    const mark = `${(this.#count += 1)}`;
    if (what === 'send') {
      const event = { type: 'NoteMarkedEvent', timestamp: '2026-01-05T10:00:00Z', mark };
      const body = { conferenceId, event, qos: 'AT_LEAST_ONCE', masks: [] };
      await this.#caller.do('sendEvent', { body });
    } else if (what === 'join' || userEndpointId === undefined) {
      this.#inside.push(await this.#caller.join(conferenceId));
    } else if (what === 'publish') {
      await this.#caller.publish(conferenceId, userEndpointId);
    } else if (what === 'leave') {
      await this.#caller.do('leave', { body: { conferenceId, userEndpointId } });
      this.#inside.pop();
    } else {
      const body = { conferenceId, userEndpointId, operation: 'SET', key: 'mark', value: mark };
      await this.#caller.do('updateMetadata', { body });
    }
  }
}

it('sends an endpoint exactly what a push sends, in the same order, however often its connection breaks', async () => {
  const { service, guest } = await startTestServer({ limits: { participantsPerUser: 1_000 } });
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 25 }), async (happenings) => {
      const conferenceId = await service.create();
      const others = new Others(service, conferenceId);
      await others.act('join');
      const caller = await guest(conferenceId);
      const endpointId = await caller.register();
      let reader = await MqttReader.open(caller, endpointId);
      const readers = [reader];
      const push = await PushReader.open(service, conferenceId, { v: 1 });
      await caller.do('join', { body: { conferenceId, userEndpointId: endpointId } });
      let acting = Promise.resolve();
      for (const what of happenings) {
        if (what !== 'break off') {
          acting = acting.then(() => others.act(what));
          continue;
        }
        // Without waiting for the others: their events are on their way when the connection breaks.
        reader.client.end(true);
        reader = await MqttReader.open(caller, endpointId);
        readers.push(reader);
      }
      await acting;
      await caller.do('leave', { body: { conferenceId, userEndpointId: endpointId } });
      const pushed: HeardEvent[] = [];
      while (!isLast(pushed.at(-1), endpointId)) {
        const message = await push.next();
        if (!message) break;
        pushed.push(message.event);
      }
      push.hangUp();
      await expect.poll(() => isLast(reader.heard.at(-1), endpointId)).toBe(true);
      // All of it since the own join, and of a broken connection the beginning of that.
      expect(reader.heard).toEqual(pushed);
      for (const { heard } of readers) expect(heard).toEqual(pushed.slice(0, heard.length));
      reader.client.end(true);
    }),
    { numRuns: 12 },
  );
}, 60_000);

function isLast(event: HeardEvent | undefined, endpointId: string): boolean {
  return event?.type === 'ConferenceLeftEvent' && event['userEndpointId'] === endpointId;
}
