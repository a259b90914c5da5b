// Counts the resources that repeated joining, publishing, viewing and leaving leave behind in one page and on its server.
// Prints a table and writes bench-results/leaks.json. Run with `pnpm bench:leaks [rounds]`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { Caller, newRoom } from '../support/caller.ts';
import { joinAndLeave, openLeakPage } from '../support/leak-rounds.ts';
import { countResources } from '../support/resource-counts.ts';
import { startDemo } from './demo-server.ts';
import { fakeDevices, launchBenchBrowser } from './launch-bench-browser.ts';

const rounds = Number(process.argv[2] ?? 100);
const warmUpRounds = 3;
const stages = 4;

const endDemo = await startDemo();
const browser = await launchBenchBrowser(fakeDevices);
try {
  const room = newRoom();
  const ada = await Caller.open(browser);
  await ada.join(room, 'Ada');
  await ada.publish(1, 440);
  const page = await openLeakPage(browser);
  await joinAndLeave(page, room, warmUpRounds);
  const rows = [{ rounds: 0, ...(await countResources(page)) }];
  for (let stage = 1; stage <= stages; stage += 1) {
    const until = Math.round((rounds * stage) / stages);
    await joinAndLeave(page, room, until - (rows.at(-1)?.rounds ?? 0));
    rows.push({ rounds: until, ...(await countResources(page)) });
  }
  console.table(rows);
  const [first, last] = [rows[0], rows.at(-1)];
  const heapBytesPerRound = Math.round(((last?.heapBytes ?? NaN) - (first?.heapBytes ?? NaN)) / rounds);
  console.log(`heap: ${heapBytesPerRound} bytes more per round`);
  mkdirSync('bench-results', { recursive: true });
  writeFileSync(
    'bench-results/leaks.json',
    `${JSON.stringify({ rounds, rows, heapBytesPerRound }, null, 2)}\n`,
  );
} finally {
  await browser.close();
  await endDemo();
}
