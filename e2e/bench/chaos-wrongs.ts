import type { ChaosPerson } from './chaos-person.ts';

/** Older pictures are what was there before. */
const freshMs = 2_500;

/** What is not as it should be: who is inside, what they view, and which pictures move. Empty when all is well. */
export async function wrongsOf(people: readonly ChaosPerson[], isOnHold: boolean): Promise<string[]> {
  const inside = people.filter(({ isInside }) => isInside);
  const wrongs = await Promise.all(
    inside.map(async (person) => {
      const { caller, id, isPublishing } = person;
      const others = inside.filter((other) => other !== person && other.isPublishing);
      const found = await caller.page.evaluate(() => {
        const { connection, conference } = window.conference.state.getSnapshot();
        return {
          connection: String(connection),
          participants: conference.participants.length,
          views: window.views.size,
          connections: window.probe.openPeerConnections(),
        };
      });
      const pictures = (await caller.pictures()).filter(({ delayMs }) => delayMs < freshMs);
      const visible = isOnHold ? [] : others.filter(({ isMuted }) => !isMuted);
      const expected = {
        connection: 'connected',
        participants: inside.length,
        views: others.length,
        connections: others.length + (isPublishing ? 1 : 0),
        pictures: String(visible.map((other) => other.id)),
      };
      const all = { ...found, pictures: String(pictures.map((picture) => picture.id)) };
      return (Object.keys(expected) as (keyof typeof expected)[])
        .filter((name) => all[name] !== expected[name])
        .map((name) => `${id}: ${name} ${all[name]} instead of ${expected[name]}`);
    }),
  );
  return wrongs.flat();
}
