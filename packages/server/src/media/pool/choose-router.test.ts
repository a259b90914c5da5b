import { expect, it } from 'vitest';
import { chooseRouter } from './choose-router.ts';

const origin = (peers: number) => ({ name: 'origin', peers, hasStream: true });
const edge = (peers: number) => ({ name: 'edge', peers, hasStream: true });
const other = (peers: number) => ({ name: 'other', peers, hasStream: false });

it.each([
  ['origin', 'few views stay where the publisher is', [origin(19), other(0)]],
  ['other', 'a router with clearly fewer peers takes the stream', [origin(21), other(1)]],
  ['origin', 'a router with some fewer peers is not worth a relay', [origin(100), other(81)]],
  ['other', 'a quarter fewer are', [origin(100), other(75)]],
  ['edge', 'a router that has the stream needs no reason', [origin(21), edge(20), other(5)]],
  ['origin', 'the emptiest that has the stream is chosen', [origin(10), edge(11)]],
  ['other', 'among many, the emptiest', [origin(90), edge(80), { ...other(50), name: 'fuller' }, other(10)]],
] as const)('chooses the %s: %s', (expected, _reason, routers) => {
  expect(chooseRouter(routers)?.name).toBe(expected);
});

it('chooses none where none has the stream', () => {
  expect(chooseRouter([other(0)])).toBeUndefined();
  expect(chooseRouter([])).toBeUndefined();
});
