import type { TokenClaims } from '@parley-rtc/client';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { ConferenceEvents } from '../announcing/conference-events.ts';
import { Conference } from '../conference/conference.ts';
import { joinConference } from '../conference/join-conference.ts';
import type { JoinOptions } from '../conference/join-options.ts';
import { TokenWatch } from '../conference/token-watch.ts';
import * as pushModule from '../signalling/push-feed.ts';

/** Joins the fake server's conference as a user. */
export async function joinAs(
  server: FakeServer,
  userId: string,
  { claims, ...options }: Partial<JoinOptions> & { readonly claims?: TokenClaims } = {},
): Promise<Conference> {
  const session = await joinConference(
    server.api(userId),
    {
      conferenceId: 'room',
      metadata: { name: userId },
      ...options,
      ...(claims && { access: Object.assign(new TokenWatch(), { claims }) }),
    },
    // Loaded in advance, because fake timers do not wait for files.
    async () => (server.hasPush ? pushModule : Promise.reject(new Error('not loaded'))),
  );
  // The constructor is private: apps use `Conference.join`, which needs an HTTP server.
  return Reflect.construct(Conference, [session]) as Conference;
}

const names = [
  'stream-published',
  'stream-unpublished',
  'stream-updated',
  'stream-restored',
  'participant-joined',
  'participant-left',
  'participant-updated',
  'permissions-changed',
  'muted-by-moderator',
  'metadata-updated',
  'connection-changed',
  'playback-changed',
  'decryption-changed',
  'network-indicator-updated',
  'removed',
  'ended',
  'server-event',
  'error',
] as const satisfies readonly (keyof ConferenceEvents)[];

/** Records every event of the conference as one short line. */
export function listenTo(conference: Conference): string[] {
  const heard: string[] = [];
  for (const name of names)
    conference.on(name, (payload) => void heard.push(`${name} ${aboutWhat(payload)}`));
  return heard;
}

function aboutWhat(payload: ConferenceEvents[keyof ConferenceEvents]): string {
  if ('isDecrypted' in payload)
    return `${payload.stream.userId}'s ${payload.stream.type} ${payload.isDecrypted}`;
  if ('mutedBy' in payload) return `${payload.stream.type} ${payload.kind} ${payload.mutedBy.userId}`;
  if ('stream' in payload) return `${payload.stream.userId}'s ${payload.stream.type}`;
  if ('permissions' in payload) {
    const { publish, view, send } = payload.permissions;
    return `${payload.participant.userId} ${publish.join('+')} ${view} ${send} ${payload.changedBy?.userId}`;
  }
  if ('participant' in payload && 'isBanned' in payload) {
    const { participant, removedBy, reason } = payload;
    return removedBy ? `${participant.userId} ${removedBy.userId} ${reason}` : participant.userId;
  }
  if ('participant' in payload) return payload.participant.userId;
  if ('restored' in payload) return payload.restored.type;
  if ('key' in payload) return `${payload.key}=${payload.entry?.value}`;
  if ('playback' in payload) return payload.playback.blockedStreamIds.join(' ');
  if ('totalMs' in payload) return String(payload.totalMs);
  if ('network' in payload) return String(payload.network.averageNetworkQuality);
  if ('connection' in payload) return payload.connection;
  if ('error' in payload) return payload.error.code;
  if ('event' in payload) return payload.event.type;
  if ('speakers' in payload) return payload.speakers.map(({ participant }) => participant.userId).join();
  if ('stats' in payload) return payload.streamId;
  if ('levels' in payload) return Object.keys(payload.levels).join();
  if ('quality' in payload) return payload.quality.level;
  if ('payload' in payload) return `${payload.topic} ${JSON.stringify(payload.payload)}`;
  if ('guests' in payload) return payload.guests.map(({ userId }) => userId).join();
  if ('isBanned' in payload) return `${payload.removedBy?.userId} ${payload.reason} ${payload.isBanned}`;
  return String(payload.reason);
}
