import { Conference, redeemTicket } from '@parley-rtc/sdk';
import { apiPort } from '../support/addresses.ts';
import { askForTicket, newRoom } from '../support/caller.ts';

/**
 * Keeps `count` conferences with two endpoints each busy: their metadata changes once a second, and both endpoints receive the
 * event by push. No media. Call the returned function to end them.
 */
export async function startLoad(count: number): Promise<() => Promise<void>> {
  const pairs = await Promise.all(Array.from({ length: count }, joinTwice));
  let turn = 0;
  const timer = setInterval(() => {
    turn += 1;
    // A failed call is not caught, so it ends the benchmark, which would otherwise measure something else.
    void pairs[turn % count]?.[0].setMetadata('turn', String(turn));
  }, 1_000 / count);
  return async () => {
    clearInterval(timer);
    await Promise.all(pairs.flat().map((conference) => conference.leave()));
  };
}

async function joinTwice(): Promise<readonly [Conference, Conference]> {
  const server = `http://127.0.0.1:${apiPort}`;
  const { ticket, conferenceId } = await askForTicket(newRoom());
  const join = async () => {
    const { token } = await redeemTicket({ server, ticket });
    return Conference.join({ server, conferenceId, token });
  };
  return [await join(), await join()];
}
