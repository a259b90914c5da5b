import { afterEach, beforeEach, vi, type MockInstance } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { useFakeBrowser } from './fake-browser.ts';

/** The fakes that a conference test needs. */
export interface FakeConference {
  readonly server: FakeServer;
  readonly page: FakePage;
}

/**
 * Gives each test of a file fake timers, pauses that are always as long, and its own browser and server, passes them to
 * `begin`, and cleans up.
 */
export function useFakeConference(begin: (fakes: FakeConference) => void | Promise<void>): void {
  let random: MockInstance<() => number>;
  beforeEach(async () => {
    vi.useFakeTimers();
    random = vi.spyOn(Math, 'random').mockReturnValue(0.9);
    await begin({ page: useFakeBrowser(), server: new FakeServer() });
  });
  afterEach(() => {
    vi.useRealTimers();
    random.mockRestore();
    vi.unstubAllGlobals();
    FakePeerConnection.open.clear();
  });
}
