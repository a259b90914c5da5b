import { expect, it } from 'vitest';
import { placeStream, SentStreams } from './place-stream.ts';

const others = [
  { url: 'b', load: 40 },
  { url: 'c', load: 30 },
];

it.each([
  ['stays where its publisher came, while no node has clearly less to carry', { ownLoad: 38 }, undefined],
  ['goes to the node that carries least, if that is clearly less', { ownLoad: 40 }, 'c'],
  ['stays among nodes that carry little', { ownLoad: 9, others: [{ url: 'b', load: 0 }] }, undefined],
  ['leaves a node that takes nothing new, even for one that carries more', { ownLoad: 0, isFull: true }, 'c'],
  ['stays where there is no other node', { ownLoad: 1_000, isFull: true, others: [] }, undefined],
])('a new stream %s', (_, placement, url) => {
  expect(placeStream({ isFull: false, others, ...placement })).toBe(url);
});

it('counts what was sent to a node until that says anew what it carries', () => {
  const sent = new SentStreams();
  const node = { url: 'b', load: 3 };
  sent.note(node);
  sent.note(node);
  expect(sent.addedTo(node)).toEqual({ url: 'b', load: 5 });
  expect(sent.addedTo({ url: 'c', load: 3 })).toEqual({ url: 'c', load: 3 });
  const later = { url: 'b', load: 5 };
  expect(sent.addedTo(later)).toEqual(later);
  sent.note(later);
  expect(sent.addedTo(later)).toEqual({ url: 'b', load: 6 });
});
