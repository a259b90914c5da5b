import { Conference, redeemTicket, type PublishedStream } from '@parley-rtc/sdk';
import type { Actor, Stage } from './conference-behaviour.ts';

/** How to join a real conference: an address, and a ticket for everyone. */
export interface RealInvitation {
  readonly server: string;
  readonly ticket: string;
}

/** A conference on a real server for the suite, and what closes it. All participants are in this page. */
export async function realStage(
  invitation: RealInvitation,
): Promise<Stage & { readonly close: () => Promise<void> }> {
  const joined: Conference[] = [];
  const join = async (name: string) => {
    const { conferenceId = '', token } = await redeemTicket(invitation);
    const { server } = invitation;
    const conference = await Conference.join({ server, conferenceId, token, metadata: { name } });
    joined.push(conference);
    return conference;
  };
  const conference = await join('Me');
  return {
    conference,
    join: async (name) => actor(await join(name)),
    close: async () => {
      for (const one of joined) await one.leave();
    },
  };
}

function actor(conference: Conference): Actor {
  let published: PublishedStream | undefined;
  return {
    id: conference.endpointId,
    publish: async () => {
      published = await conference.publishStream({ camera: true, microphone: true });
      return published.id;
    },
    unpublish: async () => published?.unpublish(),
    mute: async (kind) => published?.mute(kind),
    unmute: async (kind) => published?.unmute(kind),
    send: async (topic, payload, to) =>
      void (await conference.send(topic, payload, to ? { to: [...to] } : {})),
    setMetadata: (metadata) => conference.setParticipantMetadata(metadata),
    forbidSending: (participantId) => conference.moderation.setPermissions(participantId, { send: false }),
    remove: (participantId, reason) => conference.moderation.remove(participantId, { reason }),
    end: (reason) => conference.end({ reason }),
    leave: () => conference.leave(),
  };
}
