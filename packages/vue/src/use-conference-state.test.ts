import { selectRemoteParticipants, type Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { effectScope, shallowRef, watch, type EffectScope } from 'vue';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConferenceState } from './index.ts';

let server: FakeServer;
let me: Conference;
let scope: EffectScope;

beforeEach(async () => {
  server = new FakeServer();
  me = await joinAs(server, 'me');
  scope = effectScope();
});
afterEach(async () => {
  scope.stop();
  await me.leave();
});

it('triggers only when the selected slice changes', async () => {
  const seen: string[] = [];
  scope.run(() => {
    const others = useConferenceState(me, selectRemoteParticipants);
    const note = () => seen.push(others.value.map(({ userId }) => userId).join());
    watch(others, note, { immediate: true, flush: 'sync' });
  });
  await me.setMetadata('topic', 'birds');
  await expect.poll(() => me.state.getSnapshot().conference.metadata['topic']?.value).toBe('birds');
  expect(seen).toEqual(['']);
  await joinAs(server, 'bob');
  await expect.poll(() => seen).toEqual(['', 'bob']);
});

it('selects again when a ref that the selector reads changes', () => {
  const key = shallowRef('me');
  const isThere = scope.run(() =>
    useConferenceState(me, ({ conference }) =>
      conference.participants.some(({ userId }) => userId === key.value),
    ),
  );
  expect(isThere?.value).toBe(true);
  key.value = 'bob';
  expect(isThere?.value).toBe(false);
});

it('is undefined without a conference, and stops listening to a conference that was removed', async () => {
  const conference = shallowRef<Conference>();
  const connection = scope.run(() => useConferenceState(conference, (snapshot) => snapshot.connection));
  expect(connection?.value).toBeUndefined();
  conference.value = me;
  expect(connection?.value).toBe('connected');
  conference.value = undefined;
  await me.leave();
  expect(connection?.value).toBeUndefined();
});

it('stops listening when its scope is disposed', async () => {
  const connection = scope.run(() => useConferenceState(me, (snapshot) => snapshot.connection));
  scope.stop();
  await me.leave();
  expect(connection?.value).toBe('connected');
});
