import { once } from 'node:events';
import { Duplex, duplexPair } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { frameKind, writeFrame, type RelayFrame } from './relay-frames.ts';
import { RelayLink } from './relay-link.ts';

function setUp() {
  const [here, there] = duplexPair();
  const ends = vi.fn<() => void>();
  const frames: RelayFrame[] = [];
  const link = new RelayLink(here, { onFrame: (frame) => void frames.push(frame), onEnd: ends });
  return { link, there, ends, frames };
}

it('ends once the other router has been silent for five seconds', async () => {
  const { link, there, ends, frames } = setUp();
  for (let nowMs = 0; nowMs <= 4_000; nowMs += 1_000) link.tick(nowMs);
  there.write(writeFrame(frameKind.state, Buffer.from('alive')));
  await vi.waitFor(() => expect(frames).toHaveLength(1));
  for (let nowMs = 5_000; nowMs <= 9_000; nowMs += 1_000) link.tick(nowMs);
  expect(ends).not.toHaveBeenCalled();
  link.tick(10_000);
  expect(ends).toHaveBeenCalledOnce();
  there.resume();
  await once(there, 'end');
});

it('ends once, whichever side closes the connection', async () => {
  const { link, there, ends } = setUp();
  there.destroy();
  await vi.waitFor(() => expect(ends).toHaveBeenCalledOnce());
  link.close();
  link.send(frameKind.rtcp, Buffer.alloc(1));
  expect(ends).toHaveBeenCalledOnce();
});

function understand({ content }: RelayFrame): void {
  JSON.parse(content.toString());
}

it('ends when it does not understand what it hears', async () => {
  const [here, there] = duplexPair();
  const ends = vi.fn<() => void>();
  const link = new RelayLink(here, { onFrame: understand, onEnd: ends });
  there.write(writeFrame(frameKind.state, Buffer.from('{')));
  await vi.waitFor(() => expect(ends).toHaveBeenCalledOnce());
  link.close();
});

it('drops media, but no state, while the other router reads too slowly', () => {
  const stuck = new Duplex({ read: () => {}, write: () => {} });
  const link = new RelayLink(stuck, { onFrame: () => {}, onEnd: () => {} });
  const packet = Buffer.alloc(1_000);
  let sent = 0;
  while (sent < 5_000 && link.sendMedia(frameKind.rtp, packet)) sent += 1;
  expect(sent).toBeGreaterThan(450);
  expect(sent).toBeLessThan(550);
  const queued = stuck.writableLength;
  link.send(frameKind.state, packet);
  expect(stuck.writableLength).toBeGreaterThan(queued);
  link.close();
});
