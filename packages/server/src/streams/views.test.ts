import { expect, it } from 'vitest';
import { Views, type View } from './views.ts';

function aView(viewerId: string, fields: Partial<View> = {}): View {
  return { conferenceId: 'c-1', streamId: 's-1', viewerId, userKey: 'u-1', endpointId: 'ep-1', ...fields };
}

it('counts each view of an endpoint once, in its conference', () => {
  const views = new Views();
  for (const view of [
    aView('v-1'),
    aView('v-2'),
    aView('v-3', { endpointId: 'ep-2' }),
    aView('v-1', { conferenceId: 'c-2' }),
  ]) {
    views.set(view);
  }
  views.set(aView('v-2'));
  expect([views.countOf('c-1', 'ep-1'), views.countOf('c-1', 'ep-2'), views.countOf('c-3', 'ep-1')]).toEqual([
    2, 1, 0,
  ]);
  expect(views.size).toBe(4);
});

it('removes exactly the view that it is given, and not its successor', () => {
  const views = new Views();
  const former = aView('v-1');
  const current = aView('v-1');
  views.set(former);
  views.set(current);
  views.delete(former);
  expect(views.get('c-1', 'v-1')).toBe(current);
  views.delete(current);
  views.delete(current);
  expect([views.get('c-1', 'v-1'), views.size]).toEqual([undefined, 0]);
});

it('takes the selected views out and leaves the others', () => {
  const views = new Views();
  views.set(aView('v-1'));
  views.set(aView('v-2', { streamId: 's-2' }));
  const taken = views.take('c-1', ({ streamId }) => streamId === 's-1');
  expect(taken.map(({ viewerId }) => viewerId)).toEqual(['v-1']);
  expect(views.take('c-9', () => true)).toEqual([]);
  expect([views.size, views.get('c-1', 'v-2')?.streamId]).toEqual([1, 's-2']);
});

it('counts the views that are selected, in all conferences', () => {
  const views = new Views();
  for (const view of [
    aView('v-1'),
    aView('v-2', { userKey: 'u-2' }),
    aView('v-3', { conferenceId: 'c-2' }),
  ]) {
    views.set(view);
  }
  expect(views.countIf(({ userKey }) => userKey === 'u-1')).toBe(2);
  expect(views.countIf(() => false)).toBe(0);
});
