import { afterEach, beforeEach, vi } from 'vitest';
import { type FakePage, useFakeBrowser } from './fake-browser.ts';
import { FakePeerConnection } from './fake-peer-connection.ts';
import { FakeServer } from './fake-server.ts';

/** What a test of a conference stands on. */
export interface FakeConference {
  readonly server: FakeServer;
  readonly page: FakePage;
}

/** Gives each test of a file fake timers, a browser and a server of its own, hands them to `begin`, and tidies up. */
export function useFakeConference(begin: (fakes: FakeConference) => void | Promise<void>): void {
  beforeEach(async () => {
    vi.useFakeTimers();
    await begin({ page: useFakeBrowser(), server: new FakeServer() });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    FakePeerConnection.open.clear();
  });
}
