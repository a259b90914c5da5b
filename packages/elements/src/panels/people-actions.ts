import {
  findParticipant,
  selectMuted,
  type Conference,
  type ConferenceSnapshot,
  type ParleyError,
} from '@parley-rtc/sdk';
import type { IconName } from '../base/icons.ts';
import type { MenuItem } from '../base/menu-item.ts';
import type { TextOf } from '../base/parley-element.ts';
import type { TextKey } from '../texts/en.ts';

/** What a moderator can do to a participant, besides removing it. */
export type PersonAction = 'mute' | 'stop-camera' | 'stop-screen' | 'make-host' | 'remove' | 'remove-and-ban';

/** How an action is shown. */
export interface ActionLook {
  readonly text: TextKey;
  readonly icon: IconName;
  readonly isDanger: boolean;
}

export const actionLooks: Readonly<Record<PersonAction, ActionLook>> = {
  mute: { text: 'people.mute', icon: 'microphone-off', isDanger: false },
  'stop-camera': { text: 'people.stop-camera', icon: 'camera-off', isDanger: false },
  'stop-screen': { text: 'people.stop-screen', icon: 'stop-sharing', isDanger: false },
  'make-host': { text: 'people.make-host', icon: 'host', isDanger: false },
  remove: { text: 'people.remove', icon: 'remove', isDanger: true },
  'remove-and-ban': { text: 'people.remove-and-ban', icon: 'block', isDanger: true },
};

/** The item of a menu for an action. */
export function actionItem(action: PersonAction, text: TextOf): MenuItem {
  const { text: key, icon, isDanger } = actionLooks[action];
  return { id: action, label: text(key), icon, isDanger };
}

/** The actions that change something for this participant now. The caller may moderate. */
export function actionsFor(snapshot: ConferenceSnapshot, participantId: string): readonly PersonAction[] {
  const participant = findParticipant(snapshot.conference, participantId);
  if (!participant || participantId === snapshot.endpointId) return [];
  const { streams, permissions } = participant;
  const sends = (kind: 'audio' | 'video', isScreen: boolean): boolean =>
    streams.some(
      ({ id, type }) =>
        (type === 'SCREEN') === isScreen &&
        type !== (kind === 'audio' ? 'CAM' : 'MIC') &&
        !selectMuted(snapshot, id, kind),
    );
  const possible: Readonly<Record<PersonAction, boolean>> = {
    mute: sends('audio', false),
    'stop-camera': sends('video', false),
    'stop-screen': sends('video', true),
    'make-host': permissions !== undefined && !permissions.moderate,
    remove: true,
    'remove-and-ban': true,
  };
  return (Object.keys(possible) as PersonAction[]).filter((action) => possible[action]);
}

/** Whether there is anyone to be muted. */
export function isAnyoneHeard(snapshot: ConferenceSnapshot): boolean {
  return snapshot.conference.participants.some(({ id }) => actionsFor(snapshot, id).includes('mute'));
}

/** Does it. Rejects like `conference.moderation`, but not for somebody who has left. */
export async function act(
  { moderation, state }: Conference,
  action: PersonAction,
  participantId: string,
): Promise<void> {
  const streams = findParticipant(state.getSnapshot().conference, participantId)?.streams ?? [];
  const stop = (isScreen: boolean): Promise<unknown> =>
    Promise.all(
      streams
        .filter(({ type }) => (type === 'SCREEN') === isScreen && type !== 'MIC')
        .map(({ id }) => moderation.mute(participantId, 'video', { streamId: id })),
    );
  const does: Readonly<Record<PersonAction, () => Promise<unknown>>> = {
    mute: () => moderation.mute(participantId, 'audio'),
    'stop-camera': () => stop(false),
    'stop-screen': () => stop(true),
    'make-host': () => moderation.setPermissions(participantId, { moderate: true }),
    remove: () => moderation.remove(participantId),
    'remove-and-ban': () => moderation.remove(participantId, { ban: true }),
  };
  try {
    await does[action]();
  } catch (error) {
    if ((error as ParleyError).code !== 'ERR_NOT_FOUND') throw error;
  }
}

/** Mutes everyone else who can be heard. Rejects if some could not be muted, after muting the others. */
export async function muteEveryone(conference: Conference): Promise<void> {
  const snapshot = conference.state.getSnapshot();
  const heard = snapshot.conference.participants.filter(({ id }) =>
    actionsFor(snapshot, id).includes('mute'),
  );
  const results = await Promise.allSettled(heard.map(({ id }) => act(conference, 'mute', id)));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
