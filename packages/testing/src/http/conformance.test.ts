import { runConformance } from '@parley-rtc/conformance';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeBackend } from './fake-backend.ts';
import { interceptFetch } from './intercept-fetch.ts';
import { serve } from './serve.ts';

const server = 'https://conformance.parley.invalid';
let restore: () => void;
let backend: FakeBackend;

beforeEach(() => {
  backend = new FakeBackend();
  // One of the checks waits for the end of a poll.
  backend.holdMs = 3_000;
  backend.accounts.addClient('service', 'secret');
  restore = interceptFetch(server, serve(backend));
});

afterEach(() => {
  restore();
  backend.close();
});

/** What the fake server does not do, and why. */
const differences: Readonly<Record<string, string>> = {
  'recording/announce': 'Fake recordings start and stop, but have no manifest, because nothing is recorded.',
  'recording/once': 'The same: the list of recordings stays empty.',
  'recording/permission': 'The same: a manifest that is not there answers 404, not 403.',
};

/** Checks that cannot run, and why. */
const skipped: Readonly<Record<string, string>> = {
  'media/publish-and-view':
    'The fake server has no transport: fake peer connections find their media without packets.',
  'media/stop-view': 'The same.',
  'answer/deleteRecording': 'No check calls it.',
  'answer/getRecordingFile': 'No check calls it.',
};

it('keeps the rules of the API, except where it says why', async () => {
  const report = await runConformance({ server, clientId: 'service', clientSecret: 'secret' });
  const idsOf = (outcome: string) =>
    report.results.filter((result) => result.outcome === outcome).map(({ id }) => id);
  expect(report.results.filter(({ id, outcome }) => outcome === 'breached' && !differences[id])).toEqual([]);
  expect(idsOf('breached')).toEqual(Object.keys(differences));
  expect(idsOf('skipped')).toEqual(Object.keys(skipped));
  expect(report.passed).toBeGreaterThan(200);
}, 120_000);
