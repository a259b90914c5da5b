import { createdConference, type ConferenceState } from '@parley-rtc/contract';
import { afterEach, vi, type Mock } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { LongPollFeed, type LongPollFeedOptions } from '../signalling/long-poll-feed.ts';
import { settle } from './settle.ts';
import { useFakeConference } from './use-fake-conference.ts';

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
  readonly onGone: Mock<(cause: unknown) => void> = vi.fn<(cause: unknown) => void>();
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

/** Creates a feed for each test, and stops it afterwards. */
export function provideTimedFeed(
  onReady: (fakes: { readonly page: FakePage; readonly timed: TimedFeed }) => void,
): void {
  let timed: TimedFeed;
  useFakeConference(({ page }) => {
    // The longest pauses: 300 ms, 600 ms, and so on.
    vi.spyOn(Math, 'random').mockReturnValue(1);
    timed = new TimedFeed();
    onReady({ page, timed });
  });
  afterEach(async () => {
    timed.stop();
    await settle();
    vi.restoreAllMocks();
  });
}

/** The event of a participant who joins at that version. */
export const joined = (version: number): { readonly type: string; readonly [name: string]: unknown } => ({
  type: 'ConferenceJoinedEvent',
  id: `e${version + 1}`,
  timestamp: '',
  userId: 'u',
  userEndpointId: `u${version}`,
  conferenceId: 'room',
  conferenceVersion: version,
});
