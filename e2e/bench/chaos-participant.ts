import type { Caller } from '../support/caller.ts';
import type { OwnServer } from '../support/own-server.ts';
import type { Invitation } from '../support/page-scripts.ts';

/** What the participants of a chaos run share. */
export interface ChaosScene {
  readonly server: OwnServer;
  readonly invitation: Invitation;
  /** From 0 to 1. */
  readonly random: () => number;
  isOnHold: boolean;
}

/** A participant in a chaos run and their expected state. */
export interface ChaosParticipant {
  readonly caller: Caller;
  /** Id of the published bar code. */
  readonly id: number;
  isJoined: boolean;
  isPublishing: boolean;
  isMuted: boolean;
}

type Action = (participant: ChaosParticipant, scene: ChaosScene) => Promise<void>;

async function join(participant: ChaosParticipant, { invitation }: ChaosScene): Promise<void> {
  await participant.caller.joinAt(invitation, String(participant.id));
  participant.isJoined = true;
  await publish(participant);
}

async function publish(participant: ChaosParticipant): Promise<void> {
  await participant.caller.publish(participant.id);
  Object.assign(participant, { isPublishing: true, isMuted: false });
}

async function setMuted(participant: ChaosParticipant, isMuted: boolean): Promise<void> {
  if (!participant.isPublishing || participant.isMuted === isMuted) return;
  await participant.caller.page.evaluate(
    (isMuted) => (isMuted ? window.mine.mute('video', { keepDevice: true }) : window.mine.unmute('video')),
    isMuted,
  );
  participant.isMuted = isMuted;
}

/** Actions of a participant. Each does nothing if it does not apply. */
export const actions = {
  async join(participant, scene) {
    if (!participant.isJoined) await join(participant, scene);
  },
  async leave(participant) {
    if (!participant.isJoined) return;
    await participant.caller.leave();
    Object.assign(participant, { isJoined: false, isPublishing: false });
  },
  async reload(participant, scene) {
    await participant.caller.reload();
    Object.assign(participant, { isJoined: false, isPublishing: false });
    await join(participant, scene);
  },
  async publish(participant) {
    if (participant.isJoined && !participant.isPublishing) await publish(participant);
  },
  async unpublish(participant) {
    if (!participant.isPublishing) return;
    await participant.caller.page.evaluate(() => window.mine.unpublish());
    participant.isPublishing = false;
  },
  mute: (participant) => setMuted(participant, true),
  unmute: (participant) => setMuted(participant, false),
  async hold(participant, scene) {
    if (!participant.isJoined) return;
    await participant.caller.page.evaluate(() => window.conference.hold());
    scene.isOnHold = true;
  },
  async resume(participant, scene) {
    if (!participant.isJoined) return;
    await participant.caller.page.evaluate(() => window.conference.resume());
    scene.isOnHold = false;
  },
  /** Offline for 0.5 to 4.5 seconds. */
  async offline({ caller: { page } }, { random }) {
    await page.context().setOffline(true);
    await page.waitForTimeout(500 + 4_000 * random());
    await page.context().setOffline(false);
  },
  /** Kills the server and restarts it after up to 1.5 seconds. */
  async restart({ caller: { page } }, { server, random }) {
    await server.kill();
    await page.waitForTimeout(1_500 * random());
    await server.startAgain();
  },
} satisfies Record<string, Action>;

export type ActionName = keyof typeof actions;

/** Reads a participant's actual state from the page after a failed action. */
export async function readStateFromPage(participant: ChaosParticipant): Promise<void> {
  const { connection, stream, isMuted } = await participant.caller.page.evaluate(() => {
    const { conference, mine } = window as Partial<Pick<Window, 'conference' | 'mine'>>;
    return {
      connection: conference?.state.getSnapshot().connection,
      stream: mine?.connectionState,
      isMuted: mine?.isMuted('video') ?? false,
    };
  });
  participant.isJoined = connection === 'connected' || connection === 'reconnecting';
  participant.isPublishing = participant.isJoined && stream !== undefined && stream !== 'closed';
  participant.isMuted = participant.isPublishing && isMuted;
}
