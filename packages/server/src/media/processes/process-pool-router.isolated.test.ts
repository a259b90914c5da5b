import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanup } from 'node-datachannel';
import { afterAll, expect, it, onTestFinished, vi } from 'vitest';
import { createMediaRouter } from '../create-media-router.ts';
import type { Candidate } from '../pool/choose-router.ts';
import { eventually } from '../testing/eventually.ts';
import { connectEnds, describeMediaRouter } from '../testing/media-router-behaviour.ts';
import { ProcessPoolRouter, type ProcessPoolOptions } from './process-pool-router.ts';

vi.setConfig({ testTimeout: 40_000 });
afterAll(() => cleanup());

describeMediaRouter('one process', () => createMediaRouter({ bindAddress: '127.0.0.1' }));
describeMediaRouter('three processes', () => createMediaRouter({ bindAddress: '127.0.0.1', processes: 3 }));

describeMediaRouter('three processes, with each view in another', () => createPool(3, { choose: emptiest }));
/** As if a relay cost nothing. */
function emptiest<Process extends Candidate>(processes: readonly Process[]): Process | undefined {
  return processes.toSorted((one, other) => one.peers - other.peers)[0];
}

function createPool(processes = 2, options: Partial<ProcessPoolOptions> = {}) {
  return new ProcessPoolRouter({
    processes,
    optionsOf: () => ({ bindAddress: '127.0.0.1' }),
    log: () => {},
    ...options,
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

it('loses only the streams of a killed process, and places new ones in another', async () => {
  const toClose: (() => unknown)[] = [];
  const router = createPool();
  onTestFinished(async () => {
    for (const close of toClose.toReversed()) await close();
    await router.close();
  });
  const { publish, view, lost } = connectEnds(router, toClose);
  // Once both have responded, the one with fewer peers takes the next stream, so there is one in each.
  await router.facts();
  const publishers = { a: await publish('a'), b: await publish('b') };
  const viewers = { a: await view('a', 'one'), b: await view('b', 'one') };
  await publishers.a.sendUntilSeen([viewers.a]);
  await publishers.b.sendUntilSeen([viewers.b]);

  const pids = router.pids;
  expect(pids).toHaveLength(2);
  process.kill(pids[0] ?? 0, 'SIGKILL');
  await eventually(() => expect(lost).toHaveLength(2));
  const dead = lost[0]?.streamKey === 'a' ? 'a' : 'b';
  const alive = dead === 'a' ? 'b' : 'a';
  expect(lost).toEqual([{ streamKey: dead, viewerId: 'one' }, { streamKey: dead }]);
  expect(() => router.addPublishCandidates(dead, [])).toThrow(
    expect.objectContaining({ code: 'unknown_stream' }),
  );
  publishers[alive].send('still here');
  await eventually(() => expect(viewers[alive].texts().at(-1)).toBe('still here'));

  const again = await publish(dead, 0x3333);
  await again.sendUntilSeen([await view(dead, 'one')]);
  await eventually(() => expect(router.pids.filter(isAlive)).toHaveLength(2));
  expect(router.pids).not.toContain(pids[0]);
  expect(lost).toHaveLength(2);
});

it('loses only the views of a killed process whose stream came over a relay, and sets them up again', async () => {
  const { router, publisher, viewers, view, lost, pidOf } = await relayed();
  process.kill(pidOf.edge, 'SIGKILL');
  await eventually(() => expect(lost).toEqual([{ streamKey: 'a', viewerId: 'edge', isRouterGone: true }]));
  publisher.send('to those who stay');
  await eventually(() => expect(viewers.origin.texts().at(-1)).toBe('to those who stay'));
  expect(() => router.addViewCandidates('a', 'edge', [])).toThrow(
    expect.objectContaining({ code: 'unknown_view' }),
  );
  await publisher.sendUntilSeen([await view('a', 'edge')]);
  expect(lost).toHaveLength(1);
});

it('loses a stream with all its views, wherever they are, when the process of its publisher is killed', async () => {
  const { publish, view, lost, pidOf } = await relayed();
  process.kill(pidOf.origin, 'SIGKILL');
  await eventually(() => expect(lost).toHaveLength(3));
  // The other process may say first that the relay has ended.
  expect(new Set(lost.map(({ viewerId }) => viewerId))).toEqual(new Set(['edge', 'origin', undefined]));
  expect(lost.at(-1)).toEqual({ streamKey: 'a' });
  const again = await publish('a', 0x3333);
  await again.sendUntilSeen([await view('a', 'edge')]);
});

/** A stream with a view where its publisher is, and one in another process. */
async function relayed() {
  const toClose: (() => unknown)[] = [];
  const router = createPool(2, { choose: emptiest });
  onTestFinished(async () => {
    for (const close of toClose.toReversed()) await close();
    await router.close();
  });
  const ends = connectEnds(router, toClose);
  await router.facts();
  const publisher = await ends.publish('a');
  const viewers = { edge: await ends.view('a', 'edge'), origin: await ends.view('a', 'origin') };
  await publisher.sendUntilSeen(Object.values(viewers));
  // The first of two equally loaded processes has the publisher.
  const [origin = 0, edge = 0] = router.pids;
  return { router, ...ends, publisher, viewers, pidOf: { origin, edge } };
}

it('refuses pending requests to an exiting process with overloaded', async () => {
  const router = createPool();
  onTestFinished(() => router.close());
  for (const pid of router.pids) process.kill(pid, 'SIGKILL');
  await expect(
    router.publish({ streamKey: 'a', type: 'CAM', sdpOffer: 'v=0', videoBitrateBps: 0 }),
  ).rejects.toMatchObject({ code: 'overloaded' });
});

it('leaves no process behind when it closes', async () => {
  const router = createPool();
  const { pids } = router;
  await router.close();
  expect(pids.filter(isAlive)).toEqual([]);
});

it('leaves no process behind when its own process is killed', async () => {
  const script = `
    import { ProcessPoolRouter } from ${JSON.stringify(new URL('process-pool-router.ts', import.meta.url).href)};
    const options = { processes: 2, optionsOf: () => ({ bindAddress: '127.0.0.1' }), log: () => {} };
    const router = new ProcessPoolRouter(options);
    await router.facts();
    console.log(JSON.stringify(router.pids));`;
  const flags = ['--conditions=@parley-rtc/source', '--input-type=module', '--eval', script];
  const parent = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(printed.toString()) as number[];
  expect(pids.map(isAlive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
});
