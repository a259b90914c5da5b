import type { Caller } from '../support/caller.ts';
import type { OwnServer } from '../support/own-server.ts';
import type { Place } from '../support/page-scripts.ts';

/** What the people of a chaos run share. */
export interface ChaosScene {
  readonly server: OwnServer;
  readonly place: Place;
  /** From 0 to 1. */
  readonly random: () => number;
  isOnHold: boolean;
}

/** Somebody in a chaos run, and what should be true of them by now. */
export interface ChaosPerson {
  readonly caller: Caller;
  /** Of the bar code that they publish. */
  readonly id: number;
  isInside: boolean;
  isPublishing: boolean;
  isMuted: boolean;
}

type Act = (person: ChaosPerson, scene: ChaosScene) => Promise<void>;

async function enter(person: ChaosPerson, { place }: ChaosScene): Promise<void> {
  await person.caller.joinAt(place, String(person.id));
  person.isInside = true;
  await publish(person);
}

async function publish(person: ChaosPerson): Promise<void> {
  await person.caller.publish(person.id);
  Object.assign(person, { isPublishing: true, isMuted: false });
}

async function setMuted(person: ChaosPerson, isMuted: boolean): Promise<void> {
  if (!person.isPublishing || person.isMuted === isMuted) return;
  await person.caller.page.evaluate(
    (isMuted) => (isMuted ? window.mine.mute('video', { keepDevice: true }) : window.mine.unmute('video')),
    isMuted,
  );
  person.isMuted = isMuted;
}

/** What can happen to a person; each does nothing where it makes no sense. */
export const acts = {
  async enter(person, scene) {
    if (!person.isInside) await enter(person, scene);
  },
  async leave(person) {
    if (!person.isInside) return;
    await person.caller.leave();
    Object.assign(person, { isInside: false, isPublishing: false });
  },
  async reload(person, scene) {
    await person.caller.reload();
    Object.assign(person, { isInside: false, isPublishing: false });
    await enter(person, scene);
  },
  async publish(person) {
    if (person.isInside && !person.isPublishing) await publish(person);
  },
  async unpublish(person) {
    if (!person.isPublishing) return;
    await person.caller.page.evaluate(() => window.mine.unpublish());
    person.isPublishing = false;
  },
  mute: (person) => setMuted(person, true),
  unmute: (person) => setMuted(person, false),
  async hold(person, scene) {
    if (!person.isInside) return;
    await person.caller.page.evaluate(() => window.conference.hold());
    scene.isOnHold = true;
  },
  async resume(person, scene) {
    if (!person.isInside) return;
    await person.caller.page.evaluate(() => window.conference.resume());
    scene.isOnHold = false;
  },
  /** Without HTTP for half a second to four and a half. */
  async offline({ caller: { page } }, { random }) {
    await page.context().setOffline(true);
    await page.waitForTimeout(500 + 4_000 * random());
    await page.context().setOffline(false);
  },
  /** The server is killed, and there again after up to a second and a half. */
  async restart({ caller: { page } }, { server, random }) {
    await server.kill();
    await page.waitForTimeout(1_500 * random());
    await server.startAgain();
  },
} satisfies Record<string, Act>;

export type ActName = keyof typeof acts;

/** After an act that failed: takes over from the page what is true of a person. */
export async function learnFromPage(person: ChaosPerson): Promise<void> {
  const { connection, stream, isMuted } = await person.caller.page.evaluate(() => {
    const { conference, mine } = window as Partial<Pick<Window, 'conference' | 'mine'>>;
    return {
      connection: conference?.state.getSnapshot().connection,
      stream: mine?.connectionState,
      isMuted: mine?.isMuted('video') ?? false,
    };
  });
  person.isInside = connection === 'connected' || connection === 'reconnecting';
  person.isPublishing = person.isInside && stream !== undefined && stream !== 'closed';
  person.isMuted = person.isPublishing && isMuted;
}
