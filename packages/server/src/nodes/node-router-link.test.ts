import { duplexPair } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { NodeRouterLink, readLines, writeLine } from './node-router-link.ts';

function setUp() {
  const [here, there] = duplexPair();
  // As tunnels have one.
  here.on('error', () => {});
  const onEnd = vi.fn<() => void>();
  const onNews = vi.fn<(news: object) => void>();
  const link = new NodeRouterLink({ open: () => Promise.resolve(here), onNews, onEnd });
  return { here, there, link, onEnd, onNews };
}

it('ends when the other node dies, whose reset of the connection ends nothing else', async () => {
  const { here, link, onEnd } = setUp();
  const asked = link.request('facts', null);
  await new Promise((resolve) => setImmediate(resolve));
  here.destroy(new Error('read ECONNRESET'));
  await expect(asked).rejects.toMatchObject({ code: 'overloaded' });
  expect(onEnd).toHaveBeenCalledOnce();
  await expect(link.request('facts', null)).rejects.toMatchObject({ code: 'overloaded' });
});

it('ends when the other node cannot be reached', async () => {
  const onEnd = vi.fn<() => void>();
  const open = vi.fn<() => Promise<never>>(() => Promise.reject(new Error('connect ECONNREFUSED')));
  const link = new NodeRouterLink({ open, onNews: () => {}, onEnd });
  await expect(link.request('facts', null)).rejects.toMatchObject({ code: 'overloaded' });
  expect(onEnd).toHaveBeenCalledOnce();
  expect(open).toHaveBeenCalledOnce();
});

it('tells answers from news, and ends over anything else', async () => {
  const { there, link, onNews, onEnd } = setUp();
  readLines<{ readonly id: number }>(there, ({ id }) => {
    writeLine(there, { kind: 'lost', lost: { streamKey: 's' } });
    writeLine(there, { kind: 'response', id, response: [] });
  });
  expect(await link.request('facts', null)).toEqual([]);
  expect(onNews).toHaveBeenCalledExactlyOnceWith({ kind: 'lost', lost: { streamKey: 's' } });
  there.write('GET / HTTP/1.1\n');
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledOnce());
});
