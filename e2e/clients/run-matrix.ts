// Every client publishes to every client, with each kind of stream and bundle policy. Prints a table, and fails if a
// viewer received too little. Arguments limit the clients: `npm run test:clients -- firefox aiortc`.
import { ApiGuest } from '../support/api-guest.ts';
import { OwnServer } from '../support/own-server.ts';
import { exchangeStream, type Exchange, type StreamType } from './exchange-stream.ts';
import type { PeerRequest } from './media-client.ts';
import { startClients } from './start-clients.ts';

const types: readonly StreamType[] = ['MIC_AND_CAM', 'CAM', 'MIC'];
const policies: readonly PeerRequest['bundlePolicy'][] = ['max-bundle', 'balanced', 'max-compat'];

const requested = process.argv.slice(2).filter((name) => name !== '--');
const server = await OwnServer.start();
const running = await startClients();
const clients = running.clients.filter(({ name }) => requested.length === 0 || requested.includes(name));
const exchanges: Exchange[] = [];
try {
  const guest = await ApiGuest.join(await server.openConference(), {});
  for (const bundlePolicy of policies) {
    for (const type of types) {
      const rows: Exchange[][] = [];
      for (const publisher of clients) {
        rows.push(await exchangeStream(guest, publisher, clients, { type, bundlePolicy }));
      }
      printTable(`${type}, ${bundlePolicy}`, rows);
      exchanges.push(...rows.flat());
    }
  }
} finally {
  await running.close();
  await server.close();
}
const failed = exchanges.filter(({ isComplete }) => !isComplete);
for (const { publisher, viewer, type, bundlePolicy, error } of failed) {
  console.log(
    `✗ ${publisher} to ${viewer}, ${type}, ${bundlePolicy}${error === undefined ? '' : `: ${error}`}`,
  );
}
console.log(`${exchanges.length - failed.length} of ${exchanges.length} exchanges complete`);
process.exitCode = failed.length > 0 ? 1 : 0;

/** Rows publish, columns view; each cell counts frames of video and of audio. */
function printTable(title: string, rows: readonly (readonly Exchange[])[]): void {
  const cell = ({ counts, isComplete }: Exchange) =>
    `${isComplete ? '' : '✗ '}${counts.video}/${counts.audio}`;
  const table = rows.map((row) => [
    row[0]?.publisher ?? '',
    Object.fromEntries(row.map((exchange) => [exchange.viewer, cell(exchange)])),
  ]);
  console.log(`\n${title} (frames of video/audio)`);
  console.table(Object.fromEntries(table));
}
