import { Conference, type JoinOptions } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi, type MockInstance } from 'vitest';
import { createSSRApp, effectScope, h, nextTick, shallowRef, type EffectScope, type ShallowRef } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { joinAs } from '../../sdk/src/testing/join-as.ts';
import { broken, FakeServer } from '../../testing/src/server/fake-server.ts';
import { useConference, type ConferenceStay } from './index.ts';

let join: MockInstance<typeof Conference.join>;
let servers: Record<string, FakeServer>;
let scope: EffectScope;
let options: ShallowRef<JoinOptions | undefined>;

beforeEach(() => {
  servers = { blue: new FakeServer('blue'), red: new FakeServer('red') };
  join = vi
    .spyOn(Conference, 'join')
    .mockImplementation(({ server: _server, token: _token, ...rest }) =>
      joinAs(roomOf(rest.conferenceId), 'me', rest),
    );
  scope = effectScope();
  options = shallowRef();
});
afterEach(() => {
  scope.stop();
  vi.restoreAllMocks();
});

const toRoom = (conferenceId: string): JoinOptions => ({
  server: 'https://rtc.example.com',
  conferenceId,
  token: 'token',
});
function roomOf(conferenceId: string): FakeServer {
  const server = servers[conferenceId];
  if (!server) throw new Error(`No room ${conferenceId}.`);
  return server;
}
const participantsIn = (room: string) => roomOf(room).conference?.participants.length;

function stayIn(first: JoinOptions | undefined): ConferenceStay {
  options.value = first;
  const stay = scope.run(() => useConference(options));
  if (!stay) throw new Error('The scope is stopped.');
  return stay;
}
const expectSeen = ({ status, conference, error }: ConferenceStay, text: string) =>
  expect
    .poll(() => [status.value, conference.value?.id, error.value?.code].filter(Boolean).join(' '))
    .toBe(text);

it('joins, and leaves when its scope is disposed', async () => {
  const stay = stayIn(toRoom('blue'));
  expect(stay.status.value).toBe('joining');
  await expectSeen(stay, 'joined blue');
  expect(participantsIn('blue')).toBe(1);
  scope.stop();
  await expect.poll(() => participantsIn('blue')).toBe(0);
  expect(roomOf('blue').endpoints.size).toBe(0);
});

it('does not join when its scope is disposed in the same task', async () => {
  stayIn(toRoom('blue'));
  scope.stop();
  // By the time a second one has joined, the first would have called the server too.
  scope = effectScope();
  await expectSeen(stayIn(toRoom('red')), 'joined red');
  expect(roomOf('blue').calls).toEqual([]);
});

it('leaves the conference when its scope is disposed while joining', async () => {
  let isGone = false;
  roomOf('blue').intercept = async ({ operation }) => {
    if (operation === 'getConference') await vi.waitUntil(() => isGone);
  };
  stayIn(toRoom('blue'));
  await expect.poll(() => participantsIn('blue')).toBe(1);
  scope.stop();
  isGone = true;
  await expect.poll(() => participantsIn('blue')).toBe(0);
});

it('reports that the user left, or that the conference ended for all participants', async () => {
  const stay = stayIn(toRoom('blue'));
  await expectSeen(stay, 'joined blue');
  await stay.conference.value?.leave();
  await expectSeen(stay, 'left blue');

  options.value = toRoom('red');
  await expectSeen(stay, 'joined red');
  const host = await joinAs(roomOf('red'), 'host', { conferenceId: 'red' });
  await host.end();
  await expectSeen(stay, 'ended red');
});

it('switches to another conference when the options change, and to none without options', async () => {
  const stay = stayIn(toRoom('blue'));
  await expectSeen(stay, 'joined blue');
  options.value = toRoom('red');
  await expectSeen(stay, 'joined red');
  await expect.poll(() => participantsIn('blue')).toBe(0);
  options.value = undefined;
  await expectSeen(stay, 'idle');
  await expect.poll(() => participantsIn('red')).toBe(0);
});

it('stays joined when new options name the same conference', async () => {
  const stay = stayIn(toRoom('blue'));
  await expectSeen(stay, 'joined blue');
  options.value = { ...toRoom('blue'), token: 'another' };
  await nextTick();
  await expectSeen(stay, 'joined blue');
  expect(roomOf('blue').callsOf('join')).toHaveLength(1);
});

it('reports why joining failed, and joins again after a tick without options', async () => {
  roomOf('blue').intercept = ({ operation }) => {
    if (operation === 'join') throw broken('join');
  };
  const stay = stayIn(toRoom('blue'));
  await expectSeen(stay, 'failed ERR_CONNECTION');
  roomOf('blue').intercept = () => {};
  options.value = undefined;
  await expectSeen(stay, 'idle');
  options.value = toRoom('blue');
  await expectSeen(stay, 'joined blue');
});

it("fails when the app's own signal aborts", async () => {
  await expectSeen(stayIn({ ...toRoom('blue'), signal: AbortSignal.abort() }), 'failed ERR_ABORTED');
});

it('does not join during server-side rendering', async () => {
  vi.stubGlobal('window', undefined);
  const page = createSSRApp({
    setup: () => {
      const { status } = useConference(toRoom('blue'));
      return () => h('p', status.value);
    },
  });
  expect(await renderToString(page)).toBe('<p>joining</p>');
  vi.unstubAllGlobals();
  expect(join).not.toHaveBeenCalled();
});
