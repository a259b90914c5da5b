import { expect, it } from 'vitest';
import { withActiveLayers } from './active-layers.ts';

const layers = (...active: boolean[]) =>
  active.map((isActive, index) => ({
    rid: ['q', 'h', 'f'][index] ?? '',
    active: isActive,
    maxBitrate: index,
  }));

it.each([
  ['only viewed layers are active', layers(true, true, true), ['q', 'f'], layers(true, false, true)],
  [
    'a layer that is viewed again becomes active',
    layers(true, false, false),
    ['f'],
    layers(false, false, true),
  ],
  ['the lowest layer stays active for new viewers', layers(true, true, true), [], layers(true, false, false)],
  ['unknown layers are ignored', layers(true, true, true), ['x'], layers(true, false, false)],
])('%s', (_rule, before, rids, after) => {
  expect(withActiveLayers(before, rids)).toEqual(after);
});

it.each([
  ['nothing changes', layers(true, false, false), ['q']],
  ['simulcast is off', [{ active: true }], []],
])('leaves the encodings alone when %s', (_why, encodings, rids) => {
  expect(withActiveLayers(encodings, rids)).toBeUndefined();
});

it('takes layers for active of which the browser does not say it', () => {
  const unmarked = [{ rid: 'q' }, { rid: 'h' }];
  expect(withActiveLayers(unmarked, ['q', 'h'])).toBeUndefined();
  expect(withActiveLayers(unmarked, ['h'])).toEqual([
    { rid: 'q', active: false },
    { rid: 'h', active: true },
  ]);
});

it('does not take a layer without a name for a viewed one', () => {
  expect(withActiveLayers([{ active: true }, { active: true }], ['undefined'])).toEqual([
    { active: true },
    { active: false },
  ]);
});
