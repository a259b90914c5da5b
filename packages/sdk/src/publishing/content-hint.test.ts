import { expect, it } from 'vitest';
import { contentHintFor } from './content-hint.ts';

it.each([
  ['CAM', 'video', true, 'motion'],
  ['MIC_AND_CAM', 'video', true, 'motion'],
  ['SCREEN', 'video', true, 'detail'],
  ['MIC', 'audio', true, 'speech'],
  ['SCREEN', 'audio', true, ''],
  ['CAM', 'video', false, ''],
  ['SCREEN', 'video', false, ''],
  ['MIC', 'audio', false, ''],
] as const)('%s: %s, captured by Parley: %s, has the hint "%s"', (type, kind, isOurs, hint) => {
  expect(contentHintFor(kind, { type, isOurs }, {})).toBe(hint);
});

it.each([true, false])('the app may choose the hints (captured by Parley: %s)', (isOurs) => {
  const hints = { audioHint: 'music', videoHint: 'text' } as const;
  expect(contentHintFor('audio', { type: 'SCREEN', isOurs }, hints)).toBe('music');
  expect(contentHintFor('video', { type: 'CAM', isOurs }, hints)).toBe('text');
});
