import { createFakeConference, type FakeConference } from '../room/create-fake-conference.ts';
import type { FakeParticipant } from '../room/fake-participant.ts';
import type { Actor, Stage } from './conference-behaviour.ts';

/** A fake conference for the suite, and what closes it. */
export async function fakeStage(): Promise<Stage & { readonly close: () => Promise<void> }> {
  const permissions = { moderate: true };
  const fake = await createFakeConference({ me: { permissions } });
  return {
    conference: fake.conference,
    join: async (name) => actor(fake, fake.join({ name, permissions })),
    close: () => fake.close(),
  };
}

function actor(fake: FakeConference, person: FakeParticipant): Actor {
  return {
    id: person.id,
    publish: async () => person.publish({ camera: true, microphone: true })[0] ?? '',
    unpublish: async () => person.unpublish(),
    mute: async (kind) => person.mute(kind),
    unmute: async (kind) => person.unmute(kind),
    send: async (topic, payload, to) => person.send(topic, payload, to && { to }),
    setMetadata: async (metadata) => person.setMetadata(metadata),
    forbidSending: (participantId) => person.setPermissions(participantId, { send: false }),
    remove: (participantId, reason) => person.remove(participantId, { reason }),
    end: async (reason) => fake.end(reason),
    leave: async () => person.leave(),
  };
}
