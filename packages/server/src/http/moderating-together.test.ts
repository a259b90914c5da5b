import { describe, expect, it } from 'vitest';
import { startModeratedCall } from '../testing/moderated-call.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';

describe('two hosts at the same time', () => {
  it('who change different permissions of a guest both succeed', async () => {
    const { enter, moderate, participant, conferenceId } = await startModeratedCall({
      dataDir: temporaryFolder(),
    });
    const coHost = await enter({ moderator: true });
    const guest = await enter();
    const change = (permissions: object, by?: typeof coHost) =>
      moderate('updatePermissions', { participantId: guest.userEndpointId, permissions }, by);
    await Promise.all([change({ publish: [] }), change({ send: false }, coHost), change({ view: false })]);
    const changed = { publish: [], view: false, send: false };
    expect((await participant(guest.userEndpointId))?.permissions).toMatchObject(changed);
    const again = await guest.caller.join(conferenceId);
    expect((await participant(again))?.permissions).toMatchObject(changed);
  });

  it('who remove each other: one is removed, and the other may come back after a lost connection', async () => {
    const { enter, moderate, conferenceId } = await startModeratedCall({ dataDir: temporaryFolder() });
    const [a, b] = [await enter({ moderator: true }), await enter({ moderator: true })];
    const statuses = await Promise.all([
      moderate('removeParticipant', { participantId: b.userEndpointId }, a),
      moderate('removeParticipant', { participantId: a.userEndpointId }, b),
    ]);
    expect(statuses.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 403]);
    const winner = statuses[0].status === 204 ? a : b;
    const body = { conferenceId, userEndpointId: winner.userEndpointId };
    await winner.caller.do('leave', { body });
    expect((await winner.caller.call('join', { body })).status).toBe(200);
  });
});

describe('a conference that guests have filled', () => {
  it('is still locked, muted and moderated', async () => {
    const { enter, moderate, publish, conferenceId } = await startModeratedCall({
      limits: { conferenceBytes: 20_000 },
    });
    const guest = await enter();
    const streamId = await publish(guest, 'MIC');
    const { caller, userEndpointId } = guest;
    const fill = async (characters: number): Promise<number> => {
      const newMetadata = { text: 'x'.repeat(characters) };
      return (
        await caller.call('updateParticipantMetadata', {
          body: { conferenceId, userEndpointId, newMetadata },
        })
      ).status;
    };
    // To the last byte, by halves.
    let characters = 0;
    for (let step = 16_384; step >= 1; step /= 2) {
      if ((await fill(characters + step)) === 204) characters += step;
    }
    await fill(characters);
    const participantId = userEndpointId;
    for (const [operation, body] of [
      ['updateAdmission', { locked: true }],
      ['updateAdmission', { lobby: true, lobbyMessage: 'Soon' }],
      ['muteParticipant', { participantId, kind: 'audio', streamId }],
      ['updatePermissions', { participantId, permissions: { send: false } }],
    ] as const) {
      expect([operation, (await moderate(operation, body)).status]).toEqual([operation, 204]);
    }
  });
});

describe('a guest', () => {
  it('cannot mute a stream of another by an entry from before it was published', async () => {
    const { enter, moderate, mediaRouter, conferenceId, state } = await startModeratedCall();
    const [mallory, bob] = [await enter(), await enter()];
    const entry = { operation: 'SET', key: 'TRACK_MUTED/audio/s', value: 'true' };
    expect((await moderate('updateMetadata', entry, mallory)).status).toBe(204);
    const offer = { conferenceStreamType: 'MIC', sdpOffer: 'v=0', streamId: 's' };
    const body = { conferenceId, userEndpointId: bob.userEndpointId, ...offer };
    await bob.caller.do('publishStream', { body });
    expect([...mediaRouter.mutedKinds.values()].flat()).toEqual([]);
    expect((await state()).metadata).toEqual({});
  });

  it('starts muted by an own entry from before it publishes', async () => {
    const { enter, moderate, conferenceId, state } = await startModeratedCall();
    const bob = await enter();
    const entry = { operation: 'SET', key: 'TRACK_MUTED/audio/s', value: 'true' };
    await moderate('updateMetadata', entry, bob);
    const offer = { conferenceStreamType: 'MIC', sdpOffer: 'v=0', streamId: 's' };
    const body = { conferenceId, userEndpointId: bob.userEndpointId, ...offer };
    await bob.caller.do('publishStream', { body });
    expect(Object.keys((await state()).metadata ?? {})).toEqual(['TRACK_MUTED/audio/s']);
  });
});
