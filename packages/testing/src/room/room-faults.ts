import type { FakeBrowser } from '../browser/fake-browser.ts';
import type { FaultTarget } from '../faults/fault-target.ts';
import type { FakeBackend } from '../http/fake-backend.ts';
import type { FakeServer } from '../server/fake-server.ts';

/** What of a room faults happen to. */
export interface RoomParts {
  readonly browser: FakeBrowser;
  readonly backend: FakeBackend;
  readonly server: FakeServer;
  readonly loseNetwork: () => void;
  readonly restoreNetwork: () => void;
}

const feedOperations: ReadonlySet<string> = new Set(['getEvents', 'openPush']);
const reconnectMs = 1_000;

/** Causes faults in a fake room. */
export function roomFaults(room: RoomParts): FaultTarget {
  const { browser, backend, server, loseNetwork, restoreNetwork } = room;
  const { devices, links } = browser;
  return {
    disturbRequests: (fateOf) => backend.network.disturb(fateOf),
    cutFeed: () => {
      server.breakPushes();
      server.breakPolls();
    },
    stallFeed: () => {
      server.silencePushes(true);
      const stop = backend.network.disturb((operation) =>
        feedOperations.has(operation) ? { kind: 'late', delayMs: reconnectMs } : undefined,
      );
      return () => {
        stop();
        server.silencePushes(false);
      };
    },
    breakPeers: (effect, direction) => {
      for (const link of links.links(direction)) link.breakOff(effect);
    },
    recoverPeers: (direction) => {
      for (const link of links.links(direction)) link.recover();
    },
    troubleDevice: (device, effect) => {
      if (effect !== 'unplugged') {
        devices.refuse(device, effect);
        return () => devices.refuse(device, undefined);
      }
      const labels = devices.unplug(device);
      return () => {
        for (const label of labels) devices.plug(device, label);
      };
    },
    loseNetwork: () => {
      loseNetwork();
      return restoreNetwork;
    },
  };
}
