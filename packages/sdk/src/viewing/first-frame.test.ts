import { expect, it } from 'vitest';
import { ViewClosedError } from '../errors/viewing-errors.ts';
import { awaitFirstFrame } from './first-frame.ts';

const frame = { kind: 'video', elapsedMs: 80 } as const;

it('resolves with the frame, whatever happens to the signal and the view later', async () => {
  const abort = new AbortController();
  const first = awaitFirstFrame(abort.signal);
  first.resolve(frame);
  abort.abort();
  first.reject(new ViewClosedError('s1'));
  await expect(first.promise).resolves.toEqual(frame);
});

it('rejects with the reason as its cause when the signal aborts before the first frame', async () => {
  const abort = new AbortController();
  const first = awaitFirstFrame(abort.signal);
  const reason = new Error('The tile is gone.');
  abort.abort(reason);
  first.resolve(frame);
  await expect(first.promise).rejects.toMatchObject({ code: 'ERR_ABORTED', cause: reason });
});

it('rejects when the view closes before the first frame', async () => {
  const first = awaitFirstFrame(undefined);
  first.reject(new ViewClosedError('s1'));
  await expect(first.promise).rejects.toMatchObject({ code: 'ERR_VIEW_CLOSED' });
});

it.each(['resolve', 'reject'] as const)('leaves no listener at the signal after %s', (settle) => {
  const { signal } = new AbortController();
  const listening: unknown[] = [];
  signal.addEventListener = (_: string, listener: unknown) => void listening.push(listener);
  signal.removeEventListener = (_: string, listener: unknown) => {
    listening.splice(listening.indexOf(listener), 1);
  };
  const first = awaitFirstFrame(signal);
  expect(listening).toHaveLength(1);
  if (settle === 'resolve') first.resolve(frame);
  else first.reject(new ViewClosedError('s1'));
  expect(listening).toEqual([]);
});
