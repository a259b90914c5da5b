import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cleanup } from 'node-datachannel';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createMediaRouter } from '../media/create-media-router.ts';
import type { RelayingRouter } from '../media/media-router.ts';
import type { Candidate } from '../media/pool/choose-router.ts';
import { eventually } from '../media/testing/eventually.ts';
import { connectEnds, describeMediaRouter } from '../media/testing/media-router-behaviour.ts';
import { NodePoolRouter } from './node-pool-router.ts';
import { NodeTunnels } from './node-tunnels.ts';
import { serveOtherNodes } from './serve-other-nodes.ts';

vi.setConfig({ testTimeout: 40_000 });

const log = () => {};
const tunnels = new NodeTunnels('secret');
const server = createServer();
let url = '';
let edge: RelayingRouter;

beforeAll(async () => {
  // Two processes, so that streams come through sockets of both kinds.
  edge = createMediaRouter({ bindAddress: '127.0.0.1', processes: 2 });
  serveOtherNodes(server, tunnels, edge, log);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  tunnels.close();
  server.close();
  await edge.close();
  cleanup();
});

/** A router whose views are all at the other node. */
function createNode(nodeUrl = url) {
  return new NodePoolRouter({
    local: createMediaRouter({ bindAddress: '127.0.0.1' }),
    cluster: { others: () => Promise.resolve([{ url: nodeUrl, load: 0 }]) },
    tunnels,
    log,
    choose: elsewhere,
  });
}

function elsewhere<Router extends Candidate>(routers: readonly Router[]): Router | undefined {
  return routers.at(-1);
}

describeMediaRouter('a node with all views at another', () => createNode());

function setUp(router: NodePoolRouter) {
  const toClose: (() => unknown)[] = [];
  onTestFinished(async () => {
    for (const close of toClose.toReversed()) await close();
    await router.close();
  });
  return connectEnds(router, toClose);
}

it('has its views at the other node, and none there after it has closed', async () => {
  const router = createNode();
  const { publish, view } = setUp(router);
  const publisher = await publish('a');
  await publisher.sendUntilSeen([await view('a', 'one'), await view('a', 'two')]);
  expect(edge.peerCount).toBe(3);
  expect(router.peerCount).toBe(4);
  await router.close();
  await eventually(() => expect(edge.peerCount).toBe(0));
});

it('serves a view itself when the other node does not answer', async () => {
  const { publish, view } = setUp(createNode('http://127.0.0.1:1'));
  const publisher = await publish('a');
  await publisher.sendUntilSeen([await view('a', 'one')]);
  expect(edge.peerCount).toBe(0);
});

it('loses only the views of a node that is gone, and sets them up again', async () => {
  const { publish, view, lost } = setUp(createNode());
  const publisher = await publish('a');
  await publisher.sendUntilSeen([await view('a', 'one'), await view('a', 'two')]);
  tunnels.close();
  await eventually(() => expect(lost).toHaveLength(2));
  expect(lost).toEqual([
    { streamKey: 'a', viewerId: 'one', isRouterGone: true },
    { streamKey: 'a', viewerId: 'two', isRouterGone: true },
  ]);
  await publisher.sendUntilSeen([await view('a', 'one')]);
});
