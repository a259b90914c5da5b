// Viewers in their own process, so that they do not delay the measurement. Run by bench/delay.ts with the server's
// URL, the conference, the stream and the number of viewers; prints a line when all are connected, and exits when its
// input ends.
import { cleanup } from 'node-datachannel';
import { seededRandom } from '../../src/testing/seeded-random.ts';
import type { LoadPeer } from './load-peer.ts';
import { LoadViewer } from './load-viewer.ts';
import { joinParley } from './parley-room.ts';

const [url = '', conferenceId = '', streamId = '', count = '0'] = process.argv.slice(2);
const random = seededRandom(7);
const room = await joinParley(url, conferenceId);
const peers: LoadPeer[] = [];
const viewers: LoadViewer[] = [];
const timer = setInterval(() => {
  for (const viewer of viewers) viewer.tick(performance.now());
}, 20);
for (let index = 0; index < Number(count); index += 1) {
  const { peer, format } = await room.view(streamId, true);
  peers.push(peer);
  viewers.push(new LoadViewer(peer, format, { lossRatio: 0, random }));
}
console.log('ready');
for await (const _ of process.stdin);
console.log(viewers.reduce((sum, { packets }) => sum + packets, 0));
clearInterval(timer);
for (const peer of peers) peer.close();
cleanup();
