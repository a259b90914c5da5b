import type { ConferenceState } from '@parley-rtc/contract';
import { expect, it, vi } from 'vitest';
import type { QualityLevel, StreamQuality } from '../quality/quality-of.ts';
import type { ConferenceSnapshot, ConnectionStatus } from '../state/conference-store.ts';
import { Listeners } from '../waiting/listeners.ts';
import { connectionOf } from './connection-of.ts';

/** A conference in which we publish the streams `camera` and `screen`, and whose state the test changes. */
class MeasuredConference {
  readonly #changes = new Listeners<void>((cause) => {
    throw cause;
  });
  readonly #measurements = new Set<() => void>();
  readonly #levels = new Map<string, QualityLevel>();
  #connection: ConnectionStatus = 'connected';
  readonly state = {
    getSnapshot: () =>
      ({
        connection: this.#connection,
        endpointId: 'me',
        conference: {
          participants: [
            { id: 'me', streams: [{ id: 'camera' }, { id: 'screen' }] },
            { id: 'bob', streams: [{ id: 'bobs' }] },
          ],
        } as unknown as ConferenceState,
      }) as ConferenceSnapshot,
    subscribe: (listener: () => void) => this.#changes.add(listener),
  };

  on(_name: 'quality-changed', listener: () => void): () => void {
    this.#measurements.add(listener);
    return () => void this.#measurements.delete(listener);
  }

  quality(streamId: string): StreamQuality | undefined {
    const level = this.#levels.get(streamId);
    return level && { level, score: 0, causes: [] };
  }

  get isMeasured(): boolean {
    return this.#measurements.size > 0;
  }

  measure(streamId: string, level: QualityLevel): void {
    this.#levels.set(streamId, level);
    for (const listener of this.#measurements) listener();
  }

  moveTo(connection: ConnectionStatus): void {
    this.#connection = connection;
    this.#changes.call();
  }
}

it('says since when it has its status, the same for all who ask', () => {
  vi.useFakeTimers({ now: 1_000 });
  const conference = new MeasuredConference();
  const connection = connectionOf(conference);
  const seen: unknown[] = [];
  connection.subscribe(() => void seen.push(connection.getSnapshot().status));
  vi.setSystemTime(5_000);
  conference.moveTo('reconnecting');
  vi.setSystemTime(7_000);
  conference.moveTo('reconnecting');
  expect(connectionOf(conference).getSnapshot()).toEqual({
    status: 'reconnecting',
    sinceMs: 5_000,
    ownMedia: undefined,
  });
  conference.moveTo('connected');
  conference.moveTo('ended');
  expect(seen).toEqual(['reconnecting', 'connected', 'ended']);
  expect(connection.getSnapshot().sinceMs).toBe(7_000);
  vi.useRealTimers();
});

it('knows the worst quality of our own streams while something listens', () => {
  const conference = new MeasuredConference();
  const connection = connectionOf(conference);
  const ownMedia = () => connection.getSnapshot().ownMedia;
  conference.measure('camera', 'poor');
  expect([ownMedia(), conference.isMeasured]).toEqual([undefined, false]);
  const stop = connection.subscribe(() => {});
  const stopOther = connection.subscribe(() => {});
  conference.measure('bobs', 'lost');
  expect(ownMedia()).toBe('poor');
  conference.measure('screen', 'lost');
  expect(ownMedia()).toBe('lost');
  conference.measure('screen', 'excellent');
  conference.measure('camera', 'good');
  expect(ownMedia()).toBe('good');
  stop();
  stop();
  expect([ownMedia(), conference.isMeasured]).toEqual(['good', true]);
  stopOther();
  expect([ownMedia(), conference.isMeasured]).toEqual([undefined, false]);
});
