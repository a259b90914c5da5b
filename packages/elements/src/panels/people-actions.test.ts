import type { Conference, ConferenceSnapshot } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { act, actionsFor, muteEveryone, type PersonAction } from './people-actions.ts';

interface Present {
  readonly id: string;
  /** Types of the streams, whose ids are those of the participant and the type. */
  readonly types?: readonly string[];
  /** Kinds that are muted, with the id of the stream. */
  readonly muted?: readonly string[];
  readonly permissions?: { readonly moderate: boolean };
}

function snapshotOf(...present: readonly Present[]): ConferenceSnapshot {
  const participants = present.map(({ id, types = [], permissions }) => ({
    id,
    streams: types.map((type) => ({ id: `${id}-${type}`, type })),
    ...(permissions && { permissions }),
  }));
  const muted = present.flatMap((one) => one.muted ?? []);
  const metadata = Object.fromEntries(muted.map((what) => [`TRACK_MUTED/${what}`, { value: 'true' }]));
  return { conference: { participants, metadata }, endpointId: 'me' } as unknown as ConferenceSnapshot;
}

/** A conference that writes down what a moderator does, and refuses what it is told to refuse. */
function conferenceOf(snapshot: ConferenceSnapshot, refusals: Readonly<Record<string, string>> = {}) {
  const done: unknown[][] = [];
  const doing =
    (name: string) =>
    async (id: string, ...rest: readonly unknown[]): Promise<void> => {
      done.push([name, id, ...rest]);
      const code = refusals[id];
      if (code !== undefined) throw Object.assign(new Error(code), { code });
    };
  const moderation = {
    mute: doing('mute'),
    remove: doing('remove'),
    setPermissions: doing('setPermissions'),
  };
  const conference = { moderation, state: { getSnapshot: () => snapshot } } as unknown as Conference;
  return { conference, done };
}

describe('what a moderator can do to a participant', () => {
  it.each<[string, Present, readonly PersonAction[]]>([
    ['nothing published', { id: 'ada' }, ['remove', 'remove-and-ban']],
    ['a microphone', { id: 'ada', types: ['MIC'] }, ['mute', 'remove', 'remove-and-ban']],
    ['a camera', { id: 'ada', types: ['CAM'] }, ['stop-camera', 'remove', 'remove-and-ban']],
    ['both', { id: 'ada', types: ['MIC_AND_CAM'] }, ['mute', 'stop-camera', 'remove', 'remove-and-ban']],
    [
      'both, but muted',
      { id: 'ada', types: ['MIC_AND_CAM'], muted: ['audio/ada-MIC_AND_CAM'] },
      ['stop-camera', 'remove', 'remove-and-ban'],
    ],
    ['a screen', { id: 'ada', types: ['SCREEN'] }, ['stop-screen', 'remove', 'remove-and-ban']],
    [
      'no right to moderate',
      { id: 'ada', permissions: { moderate: false } },
      ['make-host', 'remove', 'remove-and-ban'],
    ],
    ['the right to moderate', { id: 'ada', permissions: { moderate: true } }, ['remove', 'remove-and-ban']],
  ])('depends on what it has: %s', (_what, participant, actions) => {
    expect(actionsFor(snapshotOf({ id: 'me' }, participant), 'ada')).toEqual(actions);
  });

  it('is nothing to oneself and to somebody who has left', () => {
    const snapshot = snapshotOf({ id: 'me', types: ['MIC'] });
    expect(actionsFor(snapshot, 'me')).toEqual([]);
    expect(actionsFor(snapshot, 'gone')).toEqual([]);
  });

  it('ends a camera without the screen, and a screen without the camera', async () => {
    const snapshot = snapshotOf({ id: 'ada', types: ['MIC', 'CAM', 'SCREEN'] });
    const { conference, done } = conferenceOf(snapshot);
    await act(conference, 'stop-camera', 'ada');
    await act(conference, 'stop-screen', 'ada');
    expect(done).toEqual([
      ['mute', 'ada', 'video', { streamId: 'ada-CAM' }],
      ['mute', 'ada', 'video', { streamId: 'ada-SCREEN' }],
    ]);
  });

  it('is done when the participant has left meanwhile, and fails for another reason', async () => {
    const snapshot = snapshotOf({ id: 'gone' }, { id: 'ada' });
    const { conference } = conferenceOf(snapshot, { gone: 'ERR_NOT_FOUND', ada: 'ERR_NOT_PERMITTED' });
    await expect(act(conference, 'mute', 'gone')).resolves.toBeUndefined();
    await expect(act(conference, 'remove-and-ban', 'ada')).rejects.toThrow('ERR_NOT_PERMITTED');
  });

  it('mutes everyone who can be heard, also after one of them failed', async () => {
    const snapshot = snapshotOf(
      { id: 'me', types: ['MIC'] },
      { id: 'ada', types: ['MIC_AND_CAM'] },
      { id: 'bob', types: ['CAM'] },
      { id: 'eve', types: ['MIC'] },
    );
    const { conference, done } = conferenceOf(snapshot, { ada: 'ERR_SERVER' });
    await expect(muteEveryone(conference)).rejects.toThrow('ERR_SERVER');
    expect(done.map(([name, id, kind]) => [name, id, kind])).toEqual([
      ['mute', 'ada', 'audio'],
      ['mute', 'eve', 'audio'],
    ]);
  });
});
