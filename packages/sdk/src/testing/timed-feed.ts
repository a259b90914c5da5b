import { createdConference, type ConferenceState } from '@parley-rtc/contract';
import { vi, type Mock } from 'vitest';
import { LongPollFeed, type LongPollFeedOptions } from '../signalling/long-poll-feed.ts';

const created = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e0',
  timestamp: '',
  conferenceId: 'room',
  conferenceVersion: null,
});

/** How long a poll is held if the test says nothing else. */
export const heldMs = 20_000;

/** Returns an empty answer after that time, under fake timers. */
export const held = (ms: number = heldMs): Promise<never[]> =>
  new Promise((resolve) => setTimeout(() => resolve([]), ms));

/** A feed at version 5 that records what it asks and reports, each with the milliseconds since it began. */
export class TimedFeed {
  state: ConferenceState = { ...created, version: 5, versionId: 'e5' };
  readonly asked: string[] = [];
  heard: string[] = [];
  readonly logged: string[] = [];
  readonly poll: Mock<LongPollFeedOptions['poll']> = vi.fn<LongPollFeedOptions['poll']>(() => held());
  readonly readSnapshot: Mock<LongPollFeedOptions['readSnapshot']> = vi.fn<
    LongPollFeedOptions['readSnapshot']
  >(async () => this.state);
  readonly onGone: Mock<() => void> = vi.fn<() => void>();
  #startedMs = 0;
  #feed: LongPollFeed | undefined;

  get sinceMs(): number {
    return Date.now() - this.#startedMs;
  }

  begin(loadPush?: LongPollFeedOptions['loadPush']): void {
    this.#startedMs = Date.now();
    this.#feed = new LongPollFeed({
      log: (level, message) => void this.logged.push(`${level} ${message}`),
      conference: () => this.state,
      onEvent: (_event, next) => void (this.state = next ?? this.state),
      onSnapshot: (snapshot) => void (this.state = snapshot),
      onConnection: (connection) => {
        if (this.heard.at(-1)?.split(' ')[1] !== connection) this.heard.push(`${this.sinceMs} ${connection}`);
      },
      onGone: this.onGone,
      onProblem: ({ code }) => this.heard.push(`${this.sinceMs} ${code}`),
      poll: (from, signal) => {
        this.asked.push(`${this.sinceMs} poll ${from.version} ${from.versionId}`);
        return new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
          this.poll(from, signal).then(resolve, reject);
        });
      },
      readSnapshot: (signal) => {
        this.asked.push(`${this.sinceMs} snapshot`);
        return this.readSnapshot(signal);
      },
      loadPush,
    });
  }

  nudge(): void {
    this.#feed?.nudge();
  }

  resume(snapshot: ConferenceState): ConferenceState | undefined {
    return this.#feed?.resume(snapshot);
  }

  stop(): void {
    this.#feed?.stop();
  }
}
