import { redeemTicket } from '@parley-rtc/client';
import type { Permissions, StreamType, WireSimpleView } from '@parley-rtc/contract';
import type { Answer, Caller } from '../api/caller.ts';
import { platform, type Rule } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectThat } from '../stage/expect.ts';
import { guestOf, holderOf, ticketFor } from '../stage/guest-of.ts';
import { anOffer } from '../stage/offers.ts';
import type { Room, Stage } from '../stage/stage.ts';

/** A rule of the extension, which openapi.yaml marks with x-parley. */
const extension = (text: string): Rule => platform(`moderation, an extension marked x-parley: ${text}`);

/** A guest inside a conference. */
interface Guest extends Room {
  readonly caller: Caller;
}

/** Permissions, moderators' commands, and verified profiles. */
export const moderationChecks: readonly Check[] = group(
  'moderation',
  (
    [
      {
        id: 'permissions',
        sentence: 'Every participant has its permissions in both views of the state and in its event.',
        rule: extension('`permissions` of participants, endpoints and ConferenceJoinedEvent'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host, { permissions: { publish: ['MIC'], send: false } });
          const expected = { publish: ['MIC'], view: true, send: false, moderate: false, record: false };
          expectEqual('permissions', await permissionsOf(stage, guest), expected);
          const { participants = [] } = await stage.caller.need<WireSimpleView>('getSimpleView', {
            params: { id: host.conferenceId },
          });
          const endpoints = participants.flatMap((user) => user.endpoints ?? []);
          const inSimpleView = endpoints.find(({ id }) => id === guest.userEndpointId)?.permissions;
          expectEqual('permissions in the simple view', inSimpleView, expected);
          const joined = (await stage.history(host.conferenceId)).at(-1) as { permissions?: Permissions };
          expectEqual('permissions in the event', joined.permissions, expected);
        },
      },
      {
        id: 'enforced',
        sentence: 'Without the permission, publishing, viewing and writing shared metadata give 403.',
        rule: extension('403 without the permission'),
        run: async (stage) => {
          const host = await stage.room();
          const streamId = await stage.publish(host, 'MIC');
          const permissions = { publish: ['MIC'], view: false, send: false };
          const guest = await guestIn(stage, host, { permissions });
          expectStatus(await publish(guest, 'MIC'), 200);
          expectRefused(await publish(guest, 'CAM'), 'forbidden');
          expectRefused(await publish(guest, 'MIC_AND_CAM'), 'forbidden');
          expectRefused(await view(guest, streamId), 'forbidden');
          const entry = { ...guest.about, operation: 'SET', key: 'topic', value: 'x' };
          expectRefused(await guest.caller.call('updateMetadata', { body: entry }), 'forbidden');
        },
      },
      {
        id: 'change-permissions',
        sentence:
          'A change of permissions is an entry of the metadata, unpublishes in the same step what it forbids, and lasts.',
        rule: extension(
          'updatePermissions: entry PARLEY_PERMISSIONS/<endpoint>, unpublishing, also on joining again',
        ),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host);
          const { streamId = '' } = (await publish(guest, 'CAM')).body as { streamId?: string };
          const { version = 0 } = await stage.read(host.conferenceId);
          const change = { participantId: guest.userEndpointId, permissions: { publish: ['MIC'] } };
          await moderate(stage, host, 'updatePermissions', change);
          const events = await stage.events(host.conferenceId, version);
          expectEqual('first event', pick(events[0], 'type', 'key', 'operation', 'userEndpointId'), {
            type: 'ConferenceMetadataUpdatedEvent',
            key: `PARLEY_PERMISSIONS/${guest.userEndpointId}`,
            operation: 'SET',
            userEndpointId: host.userEndpointId,
          });
          const unpublished = { type: 'ConferenceStreamUnpublishedEvent', streamId };
          expectEqual('second event', pick(events[1], 'type', 'streamId'), unpublished);
          expectEqual('publish', (await permissionsOf(stage, guest))?.publish, ['MIC']);
          await guest.caller.need('leave', { body: { ...guest.about, reason: 'back soon' } });
          await guest.caller.need('join', { body: guest.about });
          expectEqual('publish after joining again', (await permissionsOf(stage, guest))?.publish, ['MIC']);
          const steps = await stage.stepsOf(host.conferenceId, () =>
            moderate(stage, host, 'updatePermissions', change),
          );
          expectEqual('versions consumed by a repetition', steps, 0);
        },
      },
      {
        id: 'mute',
        sentence:
          'A mute entry of a moderator is removed only by the publisher, whose own SET changes nothing.',
        rule: extension('muteParticipant sets TRACK_MUTED entries, which only the participant removes'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host);
          const { streamId = '' } = (await publish(guest, 'MIC_AND_CAM')).body as { streamId?: string };
          await moderate(stage, host, 'muteParticipant', {
            participantId: guest.userEndpointId,
            kind: 'audio',
          });
          const key = `TRACK_MUTED/audio/${streamId}`;
          const writer = async () => (await stage.read(host.conferenceId)).metadata?.[key]?.userEndpointId;
          expectEqual('author of the entry', await writer(), host.userEndpointId);
          const write = (who: Room, caller: Caller, operation: string) =>
            caller.call('updateMetadata', { body: { ...who.about, operation, key, value: 'true' } });
          expectStatus(await write(guest, guest.caller, 'SET'), 204);
          expectEqual('author after the SET of the publisher', await writer(), host.userEndpointId);
          expectRefused(await write(host, stage.caller, 'REMOVE'), 'forbidden');
          expectStatus(await write(guest, guest.caller, 'REMOVE'), 204);
          expectEqual('author after the REMOVE of the publisher', await writer(), undefined);
        },
      },
      {
        id: 'remove',
        sentence:
          'A removed participant leaves with its streams, for a reason and by someone, and stays out.',
        rule: extension('removeParticipant: ConferenceLeftEvent with `removedBy`; join gives 403 removed'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host);
          await publish(guest, 'MIC');
          const { version = 0 } = await stage.read(host.conferenceId);
          const command = { participantId: guest.userEndpointId, reason: 'Spam' };
          await moderate(stage, host, 'removeParticipant', command);
          const events = await stage.events(host.conferenceId, version);
          expectEqual('first event', events[0]?.type, 'ConferenceStreamUnpublishedEvent');
          const left = events.find(({ type }) => type === 'ConferenceLeftEvent');
          expectEqual('reason', pick(left, 'reason', 'userEndpointId'), {
            reason: 'Spam',
            userEndpointId: guest.userEndpointId,
          });
          const { removedBy } = left as { removedBy?: { userEndpointId?: string } };
          expectEqual('endpoint of removedBy', removedBy?.userEndpointId, host.userEndpointId);
          const back = await guest.caller.call('join', { body: guest.about });
          // The server may have unregistered the endpoint already.
          expectStatus(back, 403, 404);
          if (back.status === 403) expectRefused(back, 'removed');
          await moderate(stage, host, 'removeParticipant', command);
        },
      },
      {
        id: 'ban',
        sentence: 'A banned user cannot enter with another endpoint, and its ticket starts no login.',
        rule: extension('with `ban`, the user gets 403 banned, and the ticket invalid_grant'),
        run: async (stage) => {
          const host = await stage.room();
          const ticket = await ticketFor(stage, host.conferenceId);
          const caller = await holderOf(stage, ticket);
          const guest = { ...(await stage.enter(host.conferenceId, caller)), caller };
          const command = { participantId: guest.userEndpointId, ban: true };
          await moderate(stage, host, 'removeParticipant', command);
          const left = (await stage.history(host.conferenceId)).at(-1) as { isBanned?: boolean };
          expectEqual('isBanned', left.isBanned, true);
          const userEndpointId = await stage.endpoint(caller);
          const body = { conferenceId: host.conferenceId, userEndpointId };
          expectRefused(await caller.call('join', { body }), 'banned');
          const { server } = stage.server;
          const login = await redeemTicket({ server, ticket }).then(
            () => 'a token',
            (error: { readonly serverError?: string }) => error.serverError,
          );
          expectEqual('answer to the ticket', login, 'invalid_grant');
        },
      },
      {
        id: 'lock',
        sentence: 'Nobody new enters a locked conference, but users who were inside and moderators do.',
        rule: extension('updateAdmission `locked`: 403 locked; entry PARLEY_LOCKED'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host);
          await moderate(stage, host, 'updateAdmission', { locked: true });
          const { metadata = {} } = await stage.read(host.conferenceId);
          const author = metadata['PARLEY_LOCKED']?.userEndpointId;
          expectEqual('author of PARLEY_LOCKED', author, host.userEndpointId);
          const newcomer = await guestOf(stage, host.conferenceId);
          const { conferenceId } = host;
          const body = { conferenceId, userEndpointId: await stage.endpoint(newcomer) };
          expectRefused(await newcomer.call('join', { body }), 'locked');
          await guest.caller.need('leave', { body: { ...guest.about, reason: 'back soon' } });
          await guest.caller.need('join', { body: guest.about });
          await stage.enter(conferenceId, await guestOf(stage, conferenceId, { moderator: true }));
          await moderate(stage, host, 'updateAdmission', { locked: false });
          await newcomer.need('join', { body });
        },
      },
      {
        id: 'not-a-moderator',
        sentence: 'Participants who may not moderate get 403 from every command of moderators.',
        rule: extension('only for participants who may moderate'),
        run: async (stage) => {
          const host = await stage.room();
          const guest = await guestIn(stage, host);
          const participantId = host.userEndpointId;
          const commands = {
            removeParticipant: { participantId },
            muteParticipant: { participantId, kind: 'audio' },
            updatePermissions: { participantId, permissions: { send: false } },
            updateAdmission: { locked: true },
          };
          for (const [operation, command] of Object.entries(commands)) {
            const body = { ...guest.about, ...command };
            expectRefused(await guest.caller.call(operation, { body }), 'forbidden');
          }
        },
      },
      {
        id: 'own-keys',
        sentence: 'Nobody writes the entries of moderators’ decisions directly, not even moderators.',
        rule: extension('only the server writes keys that start with PARLEY_'),
        run: async (stage) => {
          const host = await stage.room();
          for (const key of ['PARLEY_LOCKED', 'PARLEY_LOBBY', `PARLEY_PERMISSIONS/${host.userEndpointId}`]) {
            const body = { ...host.about, operation: 'SET', key, value: '{}' };
            expectRefused(await stage.caller.call('updateMetadata', { body }), 'forbidden');
          }
        },
      },
      {
        id: 'moderator',
        sentence: 'A guest whose ticket says `moderator` may moderate and end the conference.',
        rule: extension('moderators may end the conference'),
        run: async (stage) => {
          const host = await stage.room();
          const { conferenceId } = host;
          const caller = await guestOf(stage, conferenceId, { moderator: true });
          const guest = { ...(await stage.enter(conferenceId, caller)), caller };
          expectEqual('moderate', (await permissionsOf(stage, guest))?.moderate, true);
          expectStatus(await caller.call('end', { body: { ...guest.about, reason: 'over' } }), 204);
        },
      },
      {
        id: 'verified',
        sentence:
          'What a ticket says about its holder is in the state, apart from the holder’s own metadata.',
        rule: extension('`verified` of participants and of ConferenceJoinedEvent'),
        run: async (stage) => {
          const host = await stage.room();
          const verified = { name: 'Dr Ada', picture: 'https://example.com/ada.png', role: 'doctor' };
          const guest = await guestIn(
            stage,
            host,
            { verified },
            { name: 'Mallory', verified: { name: 'Boss' } },
          );
          const participant = await participantOf(stage, guest);
          expectEqual('verified', participant?.verified, verified);
          expectThat(
            'name in the metadata',
            participant?.metadata?.['name'] === 'Mallory',
            'the name that the page claims',
            participant?.metadata,
          );
          expectEqual(
            'verified profile of the host',
            (await participantOf(stage, host))?.verified,
            undefined,
          );
        },
      },
    ] satisfies readonly Check[]
  ).map((check: Check) => ({
    ...check,
    needs: ['moderation', 'tickets', 'user endpoints', ...(check.needs ?? [])],
  })),
);

async function guestIn(stage: Stage, host: Room, properties: object = {}, metadata?: object): Promise<Guest> {
  const { conferenceId } = host;
  const caller = await guestOf(stage, conferenceId, properties);
  const userEndpointId = await stage.endpoint(caller);
  const about = { conferenceId, userEndpointId };
  await caller.need('join', { body: { ...about, ...(metadata && { metadata }) } });
  return { conferenceId, userEndpointId, about, caller };
}

async function participantOf(stage: Stage, { conferenceId, userEndpointId }: Room) {
  return (await stage.read(conferenceId)).participants?.find(({ id }) => id === userEndpointId);
}

async function permissionsOf(stage: Stage, guest: Room): Promise<Permissions | undefined> {
  return (await participantOf(stage, guest))?.permissions;
}

async function moderate({ caller }: Stage, host: Room, operation: string, command: object): Promise<void> {
  await caller.need(operation, { body: { ...host.about, ...command } });
}

function publish({ caller, about }: Guest, conferenceStreamType: StreamType): Promise<Answer> {
  const kinds = { MIC: ['audio'], CAM: ['video'] } as const;
  const offered =
    conferenceStreamType === 'MIC' || conferenceStreamType === 'CAM'
      ? kinds[conferenceStreamType]
      : (['audio', 'video'] as const);
  const body = { ...about, conferenceStreamType, sdpOffer: anOffer('sendonly', ...offered) };
  return caller.call('publishStream', { body });
}

function view({ caller, about }: Guest, streamId: string): Promise<Answer> {
  const body = { ...about, streamId, sdpOffer: anOffer('recvonly', 'audio', 'video') };
  return caller.call('viewStream', { body });
}

/** Some fields of an event. */
function pick(event: object | undefined, ...names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, Object(event)[name] as unknown]));
}

function expectRefused(answer: Answer, error: string): void {
  expectStatus(answer, 403);
  expectEqual(`error of ${answer.operationId}`, (answer.body as { readonly error?: string }).error, error);
}
