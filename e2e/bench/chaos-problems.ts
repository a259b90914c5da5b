import type { ChaosParticipant } from './chaos-participant.ts';

/** Older frames date from before the action. */
const freshMs = 2_500;

/** Lists differences from the expected participants, views, connections and moving videos. Empty if there are none. */
export async function findProblems(
  everyone: readonly ChaosParticipant[],
  isOnHold: boolean,
): Promise<string[]> {
  const joined = everyone.filter(({ isJoined }) => isJoined);
  const problems = await Promise.all(
    joined.map(async (participant) => {
      const { caller, id, isPublishing } = participant;
      const others = joined.filter((other) => other !== participant && other.isPublishing);
      const found = await caller.page.evaluate(() => {
        const { connection, conference } = window.conference.state.getSnapshot();
        return {
          connection: String(connection),
          participants: conference.participants.length,
          views: window.views.size,
          connections: window.probe.openPeerConnections(),
        };
      });
      const videos = (await caller.videos()).filter(({ delayMs }) => delayMs < freshMs);
      const visible = isOnHold ? [] : others.filter(({ isMuted }) => !isMuted);
      const expected = {
        connection: 'connected',
        participants: joined.length,
        views: others.length,
        connections: others.length + (isPublishing ? 1 : 0),
        videos: String(visible.map((other) => other.id)),
      };
      const all = { ...found, videos: String(videos.map((video) => video.id)) };
      return (Object.keys(expected) as (keyof typeof expected)[])
        .filter((name) => all[name] !== expected[name])
        .map((name) => `${id}: ${name} ${all[name]} instead of ${expected[name]}`);
    }),
  );
  return problems.flat();
}
