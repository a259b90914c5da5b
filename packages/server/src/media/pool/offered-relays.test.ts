import { duplexPair } from 'node:stream';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { OfferedRelays } from './offered-relays.ts';

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

function setUp(receiveRelay = vi.fn<() => Promise<void>>(() => Promise.resolve())) {
  const unpublish = vi.fn<(streamKey: string) => void>();
  const offered = new OfferedRelays({ receiveRelay, unpublish });
  return { offered, receiveRelay, unpublish, connection: duplexPair()[0] };
}

it('takes a stream that was offered before', async () => {
  const { offered, receiveRelay, unpublish, connection } = setUp();
  offered.offer('s', connection);
  expect(receiveRelay).toHaveBeenCalledWith('s', connection);
  await offered.take('s');
  vi.advanceTimersByTime(60_000);
  expect(unpublish).not.toHaveBeenCalled();
});

it('waits for a stream that is offered later', async () => {
  const { offered, connection } = setUp();
  const onTaken = vi.fn<() => void>();
  const taken = offered.take('s').then(onTaken);
  vi.advanceTimersByTime(4_000);
  offered.offer('other', connection);
  await Promise.resolve();
  expect(onTaken).not.toHaveBeenCalled();
  offered.offer('s', connection);
  await taken;
  expect(onTaken).toHaveBeenCalledOnce();
});

it('says so when the stream does not come, or ends too early', async () => {
  const { offered, connection } = setUp(vi.fn(() => Promise.reject(new Error('It ended.'))));
  const late = offered.take('s');
  vi.advanceTimersByTime(5_000);
  await expect(late).rejects.toMatchObject({ code: 'overloaded' });
  offered.offer('s', connection);
  await expect(offered.take('s')).rejects.toThrow('It ended.');
});

it('ends a stream that nobody asks for', () => {
  const { offered, unpublish, connection } = setUp();
  offered.offer('s', connection);
  vi.advanceTimersByTime(5_000);
  expect(unpublish).toHaveBeenCalledExactlyOnceWith('s');
});
