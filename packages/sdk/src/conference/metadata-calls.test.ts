import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { Deferred } from '../testing/deferred.ts';
import { joinAs } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { pause } from '../waiting/pause.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

const never = new AbortController().signal;

it('an older request that takes longer never overwrites a newer one', async () => {
  const ada = await joinAs(server, 'ada');
  let count = 0;
  const steps = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'own'),
      delayMs: fc.integer({ min: 0, max: 500 }),
      isLost: fc.boolean(),
      thenMs: fc.integer({ min: 0, max: 300 }),
    }),
    { minLength: 1, maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const plan = [...all];
      server.intercept = async ({ operation }) => {
        if (operation !== 'updateMetadata' && operation !== 'updateParticipantMetadata') return;
        const { delayMs, isLost } = plan.shift() ?? { delayMs: 0, isLost: false };
        await pause(delayMs, never);
        if (isLost) throw broken(operation);
      };
      const outcomes = new Map<string, { readonly value: string; isSet?: boolean }>();
      for (const { key, thenMs } of all) {
        const outcome: { readonly value: string; isSet?: boolean } = { value: `v${(count += 1)}` };
        const done =
          key === 'own'
            ? ada.setParticipantMetadata({ value: outcome.value })
            : ada.setMetadata(key, outcome.value);
        done.then(
          () => (outcome.isSet = true),
          () => (outcome.isSet = false),
        );
        outcomes.set(key, outcome);
        await vi.advanceTimersByTimeAsync(thenMs);
      }
      await vi.advanceTimersByTimeAsync(20_000);
      for (const [key, { value, isSet }] of outcomes) {
        expect(isSet).toBeDefined();
        const { metadata, participants } = ada.state.getSnapshot().conference;
        const now = key === 'own' ? participants[0]?.metadata['value'] : metadata[key]?.value;
        if (isSet) expect(now).toBe(value);
        else expect(now).not.toBe(value);
      }
    }),
    { numRuns: 40 },
  );
});

it('a signal ends only its own call, also while that waits for an earlier one', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = async ({ operation }) => {
    if (operation === 'updateMetadata') await pause(1_000, never);
  };
  const giveUp = new AbortController();
  const first = ada.setMetadata('topic', 'one');
  const second = rejectionOf(ada.setMetadata('topic', 'two', { signal: giveUp.signal }));
  await settle();
  giveUp.abort();
  expect(await second).toMatchObject({ code: 'ERR_ABORTED' });
  await vi.advanceTimersByTimeAsync(3_000);
  await first;
  expect(server.conference?.metadata['topic']?.value).toBe('one');
});

function drop(endpointId: string): void {
  server.endpoints.delete(endpointId);
  server.removeEndpoint(endpointId);
}

describe('while the server has dropped us', () => {
  it('a change waits until we have rejoined', async () => {
    const ada = await joinAs(server, 'ada');
    const returning = new Deferred<void>();
    server.intercept = ({ operation }) =>
      operation === 'registerUserEndpoint' ? returning.promise : undefined;
    drop(ada.endpointId);
    await settle();
    const changed = Promise.all([
      ada.setParticipantMetadata({ hand: 'up' }),
      ada.setMetadata('topic', 'new'),
    ]);
    await vi.advanceTimersByTimeAsync(5_000);
    returning.resolve();
    await settle();
    await changed;
    expect(server.conference?.participants).toMatchObject([{ metadata: { hand: 'up' } }]);
    expect(server.conference?.metadata['topic']?.value).toBe('new');
  });

  it('a change rejects when that takes too long, and sends nothing', async () => {
    const ada = await joinAs(server, 'ada');
    server.intercept = ({ operation }) =>
      operation === 'registerUserEndpoint' ? new Promise(() => {}) : undefined;
    drop(ada.endpointId);
    await settle();
    const refused = rejectionOf(ada.setMetadata('topic', 'new'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await refused).toMatchObject({ code: 'ERR_TIMEOUT' });
    expect(server.callsOf('updateMetadata')).toEqual([]);
  });
});

it('the newest call wins that was not aborted', async () => {
  const ada = await joinAs(server, 'ada');
  server.intercept = async ({ operation }) => {
    if (operation.startsWith('update')) await pause(1_000, never);
  };
  const giveUp = new AbortController();
  const { signal } = giveUp;
  const earlier = ['one', 'two'].flatMap((value) => [
    ada.setMetadata('topic', value),
    ada.setParticipantMetadata({ value }),
  ]);
  const last = [
    ada.setMetadata('topic', 'three', { signal }),
    ada.setParticipantMetadata({ value: 'three' }, { signal }),
  ];
  const failures = Promise.all(last.map(rejectionOf));
  await settle();
  giveUp.abort();
  await failures;
  await vi.advanceTimersByTimeAsync(5_000);
  await Promise.all(earlier);
  expect(server.conference?.metadata['topic']?.value).toBe('two');
  expect(server.conference?.participants[0]?.metadata).toEqual({ value: 'two' });
});
