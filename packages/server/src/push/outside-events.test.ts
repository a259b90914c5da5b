import { describe, expect, it } from 'vitest';
import { failLoudly } from '../testing/fail-loudly.ts';
import { FakeClock } from '../testing/fake-clock.ts';
import { OutsideEvents } from './outside-events.ts';

const anEvent = (id: string, text = '') => ({ id, type: 'PingEvent', text });

function setUp(): { clock: FakeClock; outside: OutsideEvents; idsAfter: (sequence: number) => string[] } {
  const clock = new FakeClock();
  const outside = new OutsideEvents(clock, failLoudly);
  const idsAfter = (sequence: number): string[] =>
    outside.after('c-1', sequence).map(({ json }) => (JSON.parse(json) as { id: string }).id);
  return { clock, outside, idsAfter };
}

describe('events outside the history', () => {
  it('can be read from any position on, oldest first', () => {
    const { outside, idsAfter } = setUp();
    for (const id of ['a', 'b', 'c']) {
      outside.publish('c-1', { event: anEvent(id), qos: 'BEST_EFFORT', atVersion: 1 });
    }
    const [first] = outside.after('c-1', 0);
    expect(idsAfter(0)).toEqual(['a', 'b', 'c']);
    expect(idsAfter(first?.sequence ?? 0)).toEqual(['b', 'c']);
    expect(outside.after('c-2', 0)).toEqual([]);
  });

  it('are held for two seconds, or two minutes if AT_LEAST_ONCE, and leave nothing behind', () => {
    const { clock, outside, idsAfter } = setUp();
    outside.publish('c-1', { event: anEvent('kept'), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    outside.publish('c-1', { event: anEvent('live'), qos: 'BEST_EFFORT', atVersion: 1 });
    clock.advance(1_999);
    expect(idsAfter(0)).toEqual(['kept', 'live']);
    clock.advance(1);
    expect(idsAfter(0)).toEqual(['kept']);
    clock.advance(117_999);
    expect(idsAfter(0)).toEqual(['kept']);
    clock.advance(1);
    expect(idsAfter(0)).toEqual([]);
    expect(outside.channelCount).toBe(0);
    expect(clock.timerCount).toBe(0);
  });

  it('are bounded in number and in size: the newest stay', () => {
    const { outside, idsAfter } = setUp();
    for (let index = 0; index < 1_005; index += 1) {
      outside.publish('c-1', { event: anEvent(`${index}`), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    }
    expect(idsAfter(0)).toHaveLength(1_000);
    expect(idsAfter(0)[0]).toBe('5');
    for (const id of ['x', 'y', 'z']) {
      outside.publish('c-1', { event: anEvent(id, 'x'.repeat(400_000)), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    }
    expect(idsAfter(0)).toEqual(['y', 'z']);
  });

  it('are delivered once when a request with the sender’s own id is repeated while they are held', () => {
    const { clock, outside, idsAfter } = setUp();
    const publish = (id: string, text = '') =>
      outside.publish('c-1', { event: anEvent(id, text), qos: 'BEST_EFFORT', atVersion: 1 });
    expect(publish('a')).toBe(true);
    expect(publish('a')).toBe(false);
    expect(publish('a', 'another text')).toBe(true);
    expect(idsAfter(0)).toEqual(['a', 'a']);
    clock.advance(2_000);
    expect(publish('a')).toBe(true);
  });

  it('are held up to a million characters in all, but the last one is held whatever its size', () => {
    const { outside, idsAfter } = setUp();
    const publish = (id: string, characters: number): void => {
      const text = 'x'.repeat(characters - JSON.stringify(anEvent(id)).length);
      outside.publish('c-1', { event: anEvent(id, text), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    };
    publish('a', 400_000);
    publish('b', 600_000);
    expect(idsAfter(0)).toEqual(['a', 'b']);
    publish('c', 400_001);
    expect(idsAfter(0)).toEqual(['c']);
    publish('d', 599_999);
    expect(idsAfter(0)).toEqual(['c', 'd']);
    publish('e', 1_000_001);
    expect(idsAfter(0)).toEqual(['e']);
  });

  it('need one timer in each conference, however many they are', () => {
    const { clock, outside } = setUp();
    for (const conferenceId of ['c-1', 'c-2', 'c-1', 'c-1']) {
      outside.publish(conferenceId, { event: anEvent('a'), qos: 'BEST_EFFORT', atVersion: 1 });
    }
    expect([clock.timerCount, outside.channelCount]).toEqual([2, 2]);
    clock.advance(2_000);
    expect([clock.timerCount, outside.channelCount]).toEqual([0, 0]);
  });

  it('keep a conference known while it has a listener, and call only listeners that were not removed', () => {
    const { clock, outside } = setUp();
    const heard: string[] = [];
    const removeFirst = outside.onPublished('c-1', () => heard.push('first'));
    const removeSecond = outside.onPublished('c-1', () => heard.push('second'));
    const publish = (id: string) =>
      outside.publish('c-1', { event: anEvent(id), qos: 'BEST_EFFORT', atVersion: 1 });
    publish('a');
    removeFirst();
    publish('b');
    expect(heard).toEqual(['first', 'second', 'second']);
    clock.advance(2_000);
    expect(outside.channelCount).toBe(1);
    removeSecond();
    expect(outside.channelCount).toBe(0);
  });

  it('have increasing positions although the clock stands still or goes back', () => {
    const { clock, outside, idsAfter } = setUp();
    const publish = (id: string) =>
      outside.publish('c-1', { event: anEvent(id), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    publish('a');
    publish('b');
    clock.set(-60_000);
    publish('c');
    const [a, b] = outside.after('c-1', 0);
    expect(a?.sequence).toBe(new FakeClock().now());
    expect(idsAfter(a?.sequence ?? 0)).toEqual(['b', 'c']);
    expect(idsAfter(b?.sequence ?? 0)).toEqual(['c']);
  });

  it('give a new reader a position before AT_LEAST_ONCE events sent since its version', () => {
    const { outside, idsAfter } = setUp();
    outside.publish('c-1', { event: anEvent('before'), qos: 'AT_LEAST_ONCE', atVersion: 1 });
    outside.publish('c-1', { event: anEvent('live'), qos: 'BEST_EFFORT', atVersion: 2 });
    outside.publish('c-1', { event: anEvent('since'), qos: 'AT_LEAST_ONCE', atVersion: 2 });
    expect(idsAfter(outside.placeAt('c-1', 1))).toEqual(['before', 'live', 'since']);
    expect(idsAfter(outside.placeAt('c-1', 2))).toEqual(['since']);
    expect(idsAfter(outside.placeAt('c-1', 3))).toEqual([]);
  });

  it('come after every position from before a restart', () => {
    const { clock, outside } = setUp();
    outside.publish('c-1', { event: anEvent('old'), qos: 'BEST_EFFORT', atVersion: 1 });
    const [old] = outside.after('c-1', 0);
    clock.advance(1);
    const restarted = new OutsideEvents(clock, failLoudly);
    restarted.publish('c-1', { event: anEvent('new'), qos: 'BEST_EFFORT', atVersion: 1 });
    expect(restarted.after('c-1', old?.sequence ?? Infinity)).toHaveLength(1);
  });

  it('reach every listener, and are held, although one listener throws', () => {
    const errors: unknown[] = [];
    const outside = new OutsideEvents(new FakeClock(), (error) => errors.push(error));
    const error = new Error('broken listener');
    let heard = 0;
    outside.onPublished('c-1', () => {
      throw error;
    });
    outside.onPublished('c-1', () => (heard += 1));
    outside.publish('c-1', { event: anEvent('a'), qos: 'BEST_EFFORT', atVersion: 1 });
    expect(heard).toBe(1);
    expect(errors).toEqual([error]);
    expect(outside.after('c-1', 0)).toHaveLength(1);
  });
});
