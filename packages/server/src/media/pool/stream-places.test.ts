import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { MediaError } from '../media-router.ts';
import type { RouterLink } from './pooled-stream.ts';
import { StreamPlaces } from './stream-places.ts';

interface Relay {
  readonly resolve: (response: null) => void;
  readonly reject: (error: Error) => void;
}

function setUp() {
  let ids = 0;
  const relays: Relay[] = [];
  const commands: string[] = [];
  const slots = [0, 1].map((index) => {
    const link: RouterLink = {
      command: (...[name, innerKey]) => void commands.push(`${index}: ${name} ${JSON.stringify(innerKey)}`),
      request: () => Promise.reject(new Error('Places ask for nothing themselves.')),
    };
    return { name: String(index), isReady: true, takesPublishers: true, otherPeers: 0, link };
  });
  const [first, second] = slots;
  if (!first || !second) throw new Error('There are two.');
  const log = vi.fn<(level: string, message: string, fields: object) => void>();
  const places = new StreamPlaces({
    slots: () => slots,
    log,
    newId: () => String((ids += 1)),
    choose: (routers) => routers.at(-1),
    relay: (streamKey, to, from) => {
      commands.push(`${to.slot.name}: takes ${streamKey} from ${from.slot.name}: ${from.innerKey}`);
      return new Promise((resolve, reject) => relays.push({ resolve, reject }));
    },
  });
  const stream = places.add('room/stream', first, first.link);
  return { places, stream, relays, commands, log };
}

describe('StreamPlaces', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
  });

  it('sets a relay up once for all views that come meanwhile', async () => {
    const { places, stream, relays, commands } = setUp();
    const views = ['a', 'b', 'c'].map((viewerId) => places.placeView(stream, viewerId));
    expect(relays).toHaveLength(1);
    relays[0]?.resolve(null);
    const [one, ...others] = await Promise.all(views);
    expect(one?.slot.name).toBe('1');
    expect(one?.pendingViews).toBe(3);
    for (const other of others) expect(other).toBe(one);
    expect(commands).toEqual(['1: takes room/stream#2 from 0: room/stream#1']);
    expect(places.findInner('room/stream#2')).toBe(stream);
  });

  it('keeps a view where it is when it is set up again', async () => {
    const { places, stream } = setUp();
    stream.origin.viewerIds.add('a');
    expect(await places.placeView(stream, 'a')).toBe(stream.origin);
  });

  it('leaves views with the publisher when the relay fails, and says so', async () => {
    const { places, stream, relays, log } = setUp();
    const views = [places.placeView(stream, 'a'), places.placeView(stream, 'b')];
    const err = new MediaError('overloaded', 'The process ended.');
    relays[0]?.reject(err);
    for (const placement of await Promise.all(views)) expect(placement).toBe(stream.origin);
    expect(stream.origin.pendingViews).toBe(2);
    expect(stream.edges.size).toBe(0);
    expect(log).toHaveBeenCalledWith('warn', expect.stringContaining('relayed'), { err });
  });

  it('refuses a view whose stream ends while its relay is set up', async () => {
    const { places, stream, relays, commands } = setUp();
    const view = places.placeView(stream, 'a');
    places.remove(stream);
    relays[0]?.reject(new MediaError('unknown_stream', 'It ended.'));
    await expect(view).rejects.toMatchObject({ code: 'unknown_stream' });
    expect(commands.slice(1)).toEqual(['0: unpublish "room/stream#1"', '1: unpublish "room/stream#2"']);
    expect(places.find('room/stream')).toBeUndefined();
  });

  it('ends a relay ten seconds after its last view, unless another comes', async () => {
    const { places, stream, relays, commands } = setUp();
    const placing = places.placeView(stream, 'a');
    relays[0]?.resolve(null);
    const placement = await placing;
    placement.pendingViews -= 1;
    placement.viewerIds.add('a');
    places.endWhenIdle(stream, placement);
    vi.advanceTimersByTime(60_000);
    expect(stream.edges.size).toBe(1);

    placement.viewerIds.delete('a');
    places.endWhenIdle(stream, placement);
    vi.advanceTimersByTime(9_000);
    await places.placeView(stream, 'b');
    vi.advanceTimersByTime(9_000);
    expect(stream.edges.size).toBe(1);

    placement.pendingViews -= 1;
    places.endWhenIdle(stream, placement);
    vi.advanceTimersByTime(10_000);
    expect(stream.edges.size).toBe(0);
    expect(commands.at(-1)).toBe('1: unpublish "room/stream#2"');
  });
});
