import { Conference, type JoinOptions } from '@parley-rtc/sdk';
import { FakeRoom, type FakeRoomOptions } from './fake-room.ts';

/** What a fake conference begins with, and how we join it. */
export interface FakeConferenceOptions extends FakeRoomOptions {
  /** Options of `Conference.join`, such as `publish`. */
  readonly join?: Omit<JoinOptions, 'server' | 'conferenceId' | 'token'>;
}

/** A fake room that we have joined. */
export class FakeConference extends FakeRoom {
  #conference: Conference | undefined;

  /** @internal Use {@link createFakeConference}. */
  static async open({ join = {}, ...options }: FakeConferenceOptions): Promise<FakeConference> {
    const fake = new FakeConference(options);
    try {
      fake.#conference = await Conference.join({ ...fake.joinOptions, ...join });
      return fake;
    } catch (error) {
      await fake.close();
      throw error;
    }
  }

  /** The conference that we have joined: a real `Conference` of the SDK, with the fake server behind it. */
  get conference(): Conference {
    if (!this.#conference) throw new Error('Use createFakeConference(), which joins.');
    return this.#conference;
  }

  protected override async leave(): Promise<void> {
    await this.#conference?.leave();
  }
}

/**
 * Creates a conference in memory and joins it. `conference` is a real `Conference` of the SDK, so that hooks, composables and
 * elements work on it unchanged. Close it after each test, or declare it with `await using`.
 */
export function createFakeConference(options: FakeConferenceOptions = {}): Promise<FakeConference> {
  return FakeConference.open(options);
}
