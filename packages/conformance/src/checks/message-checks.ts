import { randomUUID } from 'node:crypto';
import type { SendMessagesResult, WireEvent } from '@parley-rtc/contract';
import type { Answer } from '../api/caller.ts';
import { platform, type Rule } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectThat } from '../stage/expect.ts';
import { guestOf } from '../stage/guest-of.ts';
import type { Room, Stage } from '../stage/stage.ts';

/** A message as the checks write it. */
interface Draft {
  readonly id?: string;
  readonly payload?: unknown;
  readonly to?: readonly string[];
}

/** A message as a reader receives it. */
interface Received extends WireEvent {
  readonly sequence: number;
  readonly payload?: unknown;
}

const sent = 'ConferenceMessageSentEvent';
const placed = 'ConferenceMessagesPlacedEvent';

/** A rule of the extension, which openapi.yaml marks with x-parley. */
const extension = (text: string): Rule => platform(`sendMessages, an extension marked x-parley: ${text}`);

/** Messages between participants. */
export const messageChecks: readonly Check[] = group(
  'message',
  (
    [
      {
        id: 'arrive',
        sentence:
          'Messages reach all other participants once, in the order of sending, and not their sender.',
        rule: extension('in the order of the list; all participants receive them except the sender'),
        run: async (stage) => {
          const [ada, bob, cyd] = await threeIn(stage);
          const { messages } = await send(stage, ada, { payload: 'one' }, { payload: { two: [2] } });
          const { messages: more } = await send(stage, ada, { payload: null });
          for (const reader of [bob, cyd]) {
            const received = await read(stage, reader, await placeOf(stage, reader, 'joined'));
            expectEqual('payloads', payloads(received), ['one', { two: [2] }, null]);
            expectEqual(
              'sequences',
              received.map(({ sequence }) => sequence),
              [...messages, ...more].map(({ sequence }) => sequence),
            );
          }
          const fromAda = await placeOf(stage, ada, 'joined');
          await send(stage, bob, { payload: 'for ada' });
          expectEqual('payloads for the sender', payloads(await read(stage, ada, fromAda)), ['for ada']);
        },
      },
      {
        id: 'form',
        sentence: 'A message has its sender, id, topic and a sequence that grows, but no version.',
        rule: extension('readers receive each as ConferenceMessageSentEvent, outside the version history'),
        run: async (stage) => {
          const [ada, bob] = await threeIn(stage);
          const { messages } = await send(stage, ada, { id: 'first' }, { id: 'second' });
          const [first, second] = await read(stage, bob, await placeOf(stage, bob, 'joined'));
          const about = { messageId: 'first', topic: 'conformance', userEndpointId: ada.userEndpointId };
          for (const [name, value] of Object.entries({ ...about, conferenceVersion: null })) {
            expectEqual(name, (first as unknown as Record<string, unknown>)[name], value);
          }
          const [before, after] = [first?.sequence ?? NaN, second?.sequence ?? NaN];
          expectThat('second sequence', after > before, `above ${before}`, after);
          const ids = messages.map(({ id }) => id);
          expectEqual('ids in the response', ids, ['first', 'second']);
        },
      },
      {
        id: 'recipients',
        sentence: 'A message with recipients reaches only them.',
        rule: extension('`to` are the endpoints that receive it'),
        run: async (stage) => {
          const [ada, bob, cyd] = await threeIn(stage);
          const to = [bob.userEndpointId];
          await send(stage, ada, { payload: 'for bob', to }, { payload: 'for all' });
          const bobs = await read(stage, bob, await placeOf(stage, bob, 'joined'));
          expectEqual('payloads for the recipient', payloads(bobs), ['for bob', 'for all']);
          for (const start of ['joined', 'all'] as const) {
            const cyds = await read(stage, cyd, await placeOf(stage, cyd, start));
            expectEqual('payloads for another participant', payloads(cyds), ['for all']);
          }
        },
      },
      {
        id: 'repeat',
        sentence: 'Sending a message again, with the same id, has no effect and gets the same response.',
        rule: extension('the same `id` by the same endpoint has no effect and is answered as before'),
        run: async (stage) => {
          const [ada, bob] = await threeIn(stage);
          const id = randomUUID();
          const first = await send(stage, ada, { id, payload: 1 });
          const again = await send(stage, ada, { id, payload: 1 }, { payload: 2 });
          expectEqual('response to the repetition', again.messages[0], first.messages[0]);
          await send(stage, bob, { id, payload: 'same id, another sender' });
          const bobs = await read(stage, bob, await placeOf(stage, bob, 'joined'));
          expectEqual('payloads', payloads(bobs), [1, 2]);
          const adas = await read(stage, ada, await placeOf(stage, ada, 'joined'));
          expectEqual('payloads of the other sender', payloads(adas), ['same id, another sender']);
        },
      },
      {
        id: 'start',
        sentence:
          'A reader starts where it joined, with all messages that are kept, or after the one that it names.',
        rule: extension('`messages` is joined, all, or a sequence'),
        run: async (stage) => {
          const ada = await stage.room();
          await send(stage, ada, { payload: 1 });
          const bob = await stage.enter(ada.conferenceId);
          const { messages } = await send(stage, ada, { payload: 2 }, { payload: 3 });
          const from = async (place: number) => payloads(await read(stage, bob, place));
          expectEqual('from `joined`', await from(await placeOf(stage, bob, 'joined')), [2, 3]);
          expectEqual('from `all`', await from(await placeOf(stage, bob, 'all')), [1, 2, 3]);
          expectEqual('from a sequence', await from(messages[0]?.sequence ?? 0), [3]);
        },
      },
      {
        id: 'wake',
        sentence: 'A waiting poll that asks for messages returns when one arrives.',
        rule: extension('`messages` of getEvents adds messages to the poll'),
        run: async (stage) => {
          const [ada, bob] = await threeIn(stage);
          const place = await placeOf(stage, bob, 'joined');
          const waiting = read(stage, bob, place);
          await send(stage, ada, { payload: 'wake up' });
          expectEqual('payloads', payloads(await waiting), ['wake up']);
        },
      },
      {
        id: 'no-versions',
        sentence: 'Messages leave version and history unchanged, and a poll without `messages` has none.',
        rule: extension('they are not part of the version history, so other clients meet nothing unknown'),
        run: async (stage) => {
          const [ada, bob] = await threeIn(stage);
          const before = await stage.history(ada.conferenceId);
          const steps = await stage.stepsOf(ada.conferenceId, async () => {
            await send(stage, ada, { payload: 1 }, { payload: 2, to: [bob.userEndpointId] });
          });
          expectEqual('versions consumed', steps, 0);
          expectEqual('history', await stage.history(ada.conferenceId), before);
        },
      },
      {
        id: 'unknown-recipient',
        sentence:
          'A recipient who is not in the conference, or is the sender, gives 400, and nothing is sent.',
        rule: extension('400 unknown_recipient; either all of the messages are sent or none'),
        run: async (stage) => {
          const [ada, bob, cyd] = await threeIn(stage);
          await stage.caller.need('leave', { body: { ...cyd.about, reason: 'gone' } });
          for (const gone of [randomUUID(), cyd.userEndpointId, ada.userEndpointId]) {
            const to = [bob.userEndpointId, gone];
            expectRefused(await ask(stage, ada, { payload: 'lost' }, { to }), 'unknown_recipient');
          }
          await send(stage, ada, { payload: 'next' });
          const bobs = await read(stage, bob, await placeOf(stage, bob, 'joined'));
          expectEqual('payloads', payloads(bobs), ['next']);
        },
      },
      {
        id: 'not-joined',
        sentence: 'An endpoint that is not in the conference can neither send nor read: 400 not_joined.',
        rule: extension('400 not_joined'),
        run: async (stage) => {
          const { conferenceId } = await stage.room();
          const userEndpointId = await stage.endpoint();
          const outside = { conferenceId, userEndpointId, about: { conferenceId, userEndpointId } };
          expectRefused(await ask(stage, outside, { payload: 1 }), 'not_joined');
          for (const start of ['joined', 'all', 0]) {
            expectRefused(await poll(stage, outside, start), 'not_joined');
          }
        },
      },
      {
        id: 'no-endpoint',
        sentence: 'A poll for messages that does not name an endpoint gives 400.',
        rule: extension('messages are those for the endpoint `userEndpointId`'),
        run: async (stage) => {
          const { conferenceId: id } = await stage.room();
          const query = { v: 0, messages: 'all' };
          expectRefused(await stage.caller.call('getEvents', { params: { id }, query }), 'invalid_request');
        },
      },
      {
        id: 'others-endpoint',
        sentence: "Sending or reading as another user's endpoint gives 403.",
        rule: extension('the sender is an endpoint of the caller'),
        needs: ['tickets', 'user endpoints'],
        run: async (stage) => {
          const ada = await stage.room();
          const guest = await guestOf(stage, ada.conferenceId);
          await stage.enter(ada.conferenceId, guest);
          expectStatus(await guest.call('sendMessages', { body: commandOf(ada, [{ payload: 1 }]) }), 403);
          const query = { v: 0, messages: 'all', userEndpointId: ada.userEndpointId };
          expectStatus(await guest.call('getEvents', { params: { id: ada.conferenceId }, query }), 403);
        },
      },
    ] satisfies readonly Check[]
  ).map((check: Check) => ({ ...check, needs: ['messages', ...(check.needs ?? [])] })),
);

async function threeIn(stage: Stage): Promise<readonly [Room, Room, Room]> {
  const first = await stage.room();
  const { conferenceId } = first;
  return [first, await stage.enter(conferenceId), await stage.enter(conferenceId)];
}

function commandOf({ about }: Room, drafts: readonly Draft[]): object {
  const messages = drafts.map((draft) => ({
    id: randomUUID(),
    topic: 'conformance',
    payload: null,
    ...draft,
  }));
  return { ...about, messages };
}

function ask({ caller }: Stage, from: Room, ...drafts: readonly Draft[]): Promise<Answer> {
  return caller.call('sendMessages', { body: commandOf(from, drafts) });
}

function send({ caller }: Stage, from: Room, ...drafts: readonly Draft[]): Promise<SendMessagesResult> {
  return caller.need('sendMessages', { body: commandOf(from, drafts) });
}

/** Polls at the end of the history, so that only messages can end the wait. */
async function poll(stage: Stage, room: Room, messages: string | number): Promise<Answer> {
  const { conferenceId: id, userEndpointId } = room;
  const { version: v = 0 } = await stage.read(id);
  return stage.caller.call('getEvents', { params: { id }, query: { v, messages, userEndpointId } });
}

/** Where a reader stands at the start. */
async function placeOf(stage: Stage, room: Room, start: 'joined' | 'all'): Promise<number> {
  const answer = await poll(stage, room, start);
  expectStatus(answer, 200);
  const [first] = answer.body as readonly (Received & { readonly hasMissed?: boolean })[];
  expectEqual('type of the first event', first?.type, placed);
  expectEqual('hasMissed', first?.hasMissed, false);
  return first?.sequence ?? 0;
}

/** Messages after a place; waits for the first one. */
async function read(stage: Stage, room: Room, sequence: number): Promise<readonly Received[]> {
  const answer = await poll(stage, room, sequence);
  expectStatus(answer, 200);
  return (answer.body as readonly Received[]).filter(({ type }) => type === sent);
}

function payloads(messages: readonly Received[]): readonly unknown[] {
  return messages.map(({ payload }) => payload);
}

function expectRefused(answer: Answer, error: string): void {
  expectStatus(answer, 400);
  expectEqual('error', (answer.body as { readonly error?: string }).error, error);
}
