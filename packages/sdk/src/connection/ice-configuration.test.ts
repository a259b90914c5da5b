import { expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

const hourMs = 3_600_000;

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** A TURN server with credentials for an hour from now. */
function relayForAnHour() {
  const username = `${Math.floor((Date.now() + hourMs) / 1000)}:ada`;
  return { urls: ['turn:turn.example.com?transport=tcp'], username, credential: `of ${username}` };
}

function lastPeer(): FakePeerConnection {
  const peer = [...FakePeerConnection.open].at(-1);
  if (!peer) throw new Error('There is no connection.');
  return peer;
}

async function publish(conference: Conference): Promise<FakePeerConnection> {
  await conference.publishStream({ camera: true });
  lastPeer().moveTo('connected');
  return lastPeer();
}

async function loseAndRestart(peer: FakePeerConnection): Promise<void> {
  peer.moveTo('failed');
  await vi.advanceTimersByTimeAsync(0);
  peer.moveTo('connected');
}

it('replaces TURN credentials after half of their lifetime, for a new path and for a new stream', async () => {
  const first = relayForAnHour();
  server.iceServers = [first];
  const ada = await joinAs(server, 'ada');
  const peer = await publish(ada);
  await vi.advanceTimersByTimeAsync(hourMs / 2 - 5_000);
  server.iceServers = [relayForAnHour()];
  await loseAndRestart(peer);
  expect(peer.restarts).toBe(1);
  expect(peer.configuration?.iceServers).toEqual([first]);
  expect(server.callsOf('getIceServers')).toHaveLength(1);

  await vi.advanceTimersByTimeAsync(5_000);
  await loseAndRestart(peer);
  expect(peer.restarts).toBe(2);
  expect(peer.configuration?.iceServers).toEqual(server.iceServers);
  expect(await publish(ada)).toMatchObject({ configuration: { iceServers: server.iceServers } });
  expect(server.callsOf('getIceServers')).toHaveLength(2);
});

it('reads credentials once for connections that restart at the same time', async () => {
  server.iceServers = [relayForAnHour()];
  const ada = await joinAs(server, 'ada');
  const peers = [await publish(ada), await publish(ada)];
  await vi.advanceTimersByTimeAsync(hourMs);
  server.iceServers = [relayForAnHour()];
  for (const peer of peers) peer.moveTo('failed');
  await vi.advanceTimersByTimeAsync(0);
  expect(peers.map(({ configuration }) => configuration?.iceServers)).toEqual([
    server.iceServers,
    server.iceServers,
  ]);
  expect(server.callsOf('getIceServers')).toHaveLength(2);
});

it('keeps the old credentials when reading fails, and tries again next time', async () => {
  const first = relayForAnHour();
  server.iceServers = [first];
  const ada = await joinAs(server, 'ada');
  await vi.advanceTimersByTimeAsync(hourMs);
  server.intercept = ({ operation }) => {
    if (operation === 'getIceServers') throw broken(operation);
  };
  expect(await publish(ada)).toMatchObject({ configuration: { iceServers: [first] } });
  server.intercept = () => {};
  server.iceServers = [relayForAnHour()];
  expect(await publish(ada)).toMatchObject({ configuration: { iceServers: server.iceServers } });
});

it('reads servers without expiring credentials only once, and can use relays only', async () => {
  server.iceServers = [{ urls: ['turn:turn.example.com'], username: '4711:ada', credential: 'secret' }];
  const ada = await joinAs(server, 'ada', { iceTransportPolicy: 'relay' });
  await vi.advanceTimersByTimeAsync(3 * hourMs);
  expect((await publish(ada)).configuration).toEqual({
    iceServers: server.iceServers,
    iceTransportPolicy: 'relay',
  });
  expect(server.callsOf('getIceServers')).toHaveLength(1);
});
