import type { DecideEntryResult, EntryAnswer, WaitingList } from '@parley-rtc/contract';
import type { Caller } from '../api/caller.ts';
import { platform, type Rule } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText } from '../stage/expect.ts';
import { guestOf } from '../stage/guest-of.ts';
import type { Room, Stage } from '../stage/stage.ts';

/** A rule of the extension, which openapi.yaml marks with x-parley. */
const extension = (text: string): Rule => platform(`the waiting room, an extension marked x-parley: ${text}`);

/** Someone outside, with a registered endpoint. */
interface Visitor extends Room {
  readonly caller: Caller;
}

/** How often a check tries to send one request before another. */
const mostAttempts = 5;

/** The waiting room, for those who wait and for moderators. */
export const lobbyChecks: readonly Check[] = group(
  'lobby',
  (
    [
      {
        id: 'wait',
        sentence: 'A guest waits, is listed for moderators, and enters once admitted.',
        rule: extension('403 lobby until a moderator admits; the waiting request then answers ADMITTED'),
        run: async (stage) => {
          const host = await lobby(stage, { lobbyMessage: 'Soon' });
          const verified = { name: 'Dr Ada' };
          const guest = await visitor(stage, host, { verified });
          expectLobby(await guest.caller.call('join', { body: guest.about }));
          const answer = await ask(guest, { name: 'Ada' });
          expectEqual('state', answer.state, 'WAITING');
          expectEqual('message', answer.message, 'Soon');
          expectText('waitingSince', answer.waitingSince);
          const { waiting } = await list(stage, host);
          expectEqual(
            'who waits',
            waiting.map(({ waitingSince: _, userId: __, ...entry }) => entry),
            [{ userEndpointId: guest.userEndpointId, name: 'Ada', verified }],
          );
          const held = ask(guest, { revision: answer.revision });
          await decide(stage, host, { decision: 'ADMITTED', endpointIds: [guest.userEndpointId] });
          expectEqual('state after the decision', (await held).state, 'ADMITTED');
          await guest.caller.need('join', { body: guest.about });
          expectEqual('who waits then', (await list(stage, host)).waiting, []);
        },
      },
      {
        id: 'no-leak',
        sentence: 'Nobody who waits can read what happens inside.',
        rule: extension('403 lobby from every read'),
        run: async (stage) => {
          const host = await lobby(stage);
          const guest = await visitor(stage, host);
          await ask(guest);
          const params = { id: host.conferenceId };
          for (const operation of ['getConference', 'getSimpleView', 'getEvents']) {
            expectLobby(await guest.caller.call(operation, { params, query: { v: 0 } }));
          }
          const query = { userEndpointId: guest.userEndpointId };
          expectStatus(await guest.caller.call('getWaiting', { params, query }), 403);
          const body = { ...guest.about, decision: 'ADMITTED' };
          expectStatus(await guest.caller.call('decideEntry', { body }), 403);
        },
      },
      {
        id: 'deny',
        sentence: 'A denied guest learns the words of the moderator, and does not enter.',
        rule: extension('DENIED with `message`'),
        run: async (stage) => {
          const host = await lobby(stage);
          const guest = await visitor(stage, host);
          const { revision } = await ask(guest);
          const held = ask(guest, { revision });
          await decide(stage, host, { decision: 'DENIED', message: 'Not today' });
          const { state, message } = await held;
          expectEqual('answer', { state, message }, { state: 'DENIED', message: 'Not today' });
          expectLobby(await guest.caller.call('join', { body: guest.about }));
        },
      },
      {
        id: 'first-decision',
        sentence: 'The first decision counts, and every moderator learns it.',
        rule: extension('decideEntry: the answer says for each endpoint what was decided'),
        run: async (stage) => {
          const host = await lobby(stage);
          const guest = await visitor(stage, host);
          await ask(guest);
          const endpointIds = [guest.userEndpointId];
          await decide(stage, host, { decision: 'ADMITTED', endpointIds });
          const { decided } = await decide(stage, host, { decision: 'DENIED', endpointIds });
          expectEqual('decided', decided, [{ userEndpointId: guest.userEndpointId, decision: 'ADMITTED' }]);
          const unknown = await decide(stage, host, { decision: 'DENIED', endpointIds: ['nobody'] });
          expectEqual('decided about nobody', unknown.decided, []);
          await guest.caller.need('join', { body: guest.about });
        },
      },
      {
        id: 'cancel',
        sentence: 'A guest who cancels is not listed any more, also if a request of it is held.',
        rule: extension('cancelEntry gives up the place'),
        run: async (stage) => {
          const host = await lobby(stage);
          const guest = await visitor(stage, host);
          await cancelWhileHeld(stage, host, guest);
          expectEqual('who waits', (await list(stage, host)).waiting, []);
          await guest.caller.need('cancelEntry', { body: guest.about });
        },
      },
      {
        id: 'changes',
        sentence: 'Held requests return when the message changes, or when a guest comes.',
        rule: extension('with the `revision` of the last answer, a call waits for a change'),
        run: async (stage) => {
          const host = await lobby(stage);
          const before = await list(stage, host);
          const held = list(stage, host, before.revision);
          const guest = await visitor(stage, host);
          const { revision } = await ask(guest);
          const arrived = (await held).waiting.map(({ userEndpointId }) => userEndpointId);
          expectEqual('who waits', arrived, [guest.userEndpointId]);
          const heldByGuest = ask(guest, { revision });
          await stage.caller.need('updateAdmission', { body: { ...host.about, lobbyMessage: 'Soon' } });
          expectEqual('message', (await heldByGuest).message, 'Soon');
        },
      },
      {
        id: 'close',
        sentence: 'Closing the waiting room admits all who wait.',
        rule: extension('`lobby: false` admits all who are waiting'),
        run: async (stage) => {
          const host = await lobby(stage);
          const guest = await visitor(stage, host);
          const { revision } = await ask(guest);
          const held = ask(guest, { revision });
          await stage.caller.need('updateAdmission', { body: { ...host.about, lobby: false } });
          expectEqual('state', (await held).state, 'ADMITTED');
          await guest.caller.need('join', { body: guest.about });
        },
      },
      {
        id: 'no-lobby',
        sentence: 'A conference without a waiting room admits everyone who asks.',
        rule: extension('a conference without a waiting room answers ADMITTED'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await visitor(stage, host);
          expectEqual('state', (await ask(guest)).state, 'ADMITTED');
          await guest.caller.need('join', { body: guest.about });
        },
      },
    ] satisfies readonly Check[]
  ).map((check: Check) => ({
    ...check,
    needs: ['waiting room', 'tickets', 'user endpoints', ...(check.needs ?? [])],
  })),
);

/** A conference with a host inside and a waiting room. */
async function lobby(stage: Stage, more: object = {}): Promise<Room> {
  const host = await stage.room();
  await stage.caller.need('updateAdmission', { body: { ...host.about, lobby: true, ...more } });
  return host;
}

async function visitor(stage: Stage, { conferenceId }: Room, properties: object = {}): Promise<Visitor> {
  const caller = await guestOf(stage, conferenceId, properties);
  const userEndpointId = await stage.endpoint(caller);
  return { conferenceId, userEndpointId, about: { conferenceId, userEndpointId }, caller };
}

/**
 * Cancels a wait while a request of it is held. A request that arrives only after that takes a place again, which the answer
 * shows; then the check starts over, because nothing tells whether the server already holds a request.
 */
async function cancelWhileHeld(stage: Stage, host: Room, guest: Visitor): Promise<void> {
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const { revision, waitingSince } = await ask(guest);
    const holding = ask(guest, { revision });
    await list(stage, host);
    await guest.caller.need('cancelEntry', { body: guest.about });
    const held = await holding;
    if (held.state !== 'WAITING' || held.waitingSince === waitingSince) return;
  }
}

function ask({ caller, about }: Visitor, more: object = {}): Promise<EntryAnswer> {
  return caller.need('requestEntry', { body: { ...about, ...more } });
}

function list({ caller }: Stage, host: Room, revision?: string): Promise<WaitingList> {
  const query = { userEndpointId: host.userEndpointId, ...(revision !== undefined && { revision }) };
  return caller.need('getWaiting', { params: { id: host.conferenceId }, query });
}

function decide({ caller }: Stage, host: Room, command: object): Promise<DecideEntryResult> {
  return caller.need('decideEntry', { body: { ...host.about, ...command } });
}

function expectLobby(answer: Awaited<ReturnType<Caller['call']>>): void {
  expectStatus(answer, 403);
  expectEqual(`error of ${answer.operationId}`, (answer.body as { readonly error?: string }).error, 'lobby');
}
