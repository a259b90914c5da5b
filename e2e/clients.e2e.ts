import { test } from '@playwright/test';
import { exchangeStream } from './clients/exchange-stream.ts';
import { startClients, type RunningClients } from './clients/start-clients.ts';
import { ApiGuest } from './support/api-guest.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

// The whole matrix takes minutes: `npm run test:clients`.
test('clients that nobody here wrote publish to each other over the REST API', async () => {
  const server = await OwnServer.start();
  let running: RunningClients | undefined;
  try {
    running = await startClients();
    const { clients } = running;
    const guest = await ApiGuest.join(await server.openConference(), {});
    // A ring: each client publishes once, to the next one. Shapes alternate, with viewers that always offer both kinds.
    const exchanges = clients.map((publisher, index) => {
      const viewer = clients[(index + 1) % clients.length] ?? publisher;
      const type = index % 3 === 2 ? 'CAM' : 'MIC_AND_CAM';
      const bundlePolicy = index % 2 === 0 ? 'max-bundle' : 'balanced';
      return exchangeStream(guest, publisher, [viewer], { type, bundlePolicy });
    });
    const results = (await Promise.all(exchanges)).flat();
    expect(results.filter(({ isComplete }) => !isComplete)).toEqual([]);
    expect(results).toHaveLength(clients.length);
  } finally {
    await running?.close();
    await server.close();
  }
});
