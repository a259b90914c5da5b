import { NotFoundError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { enterConference, readConference, type EnterOptions } from './enter-conference.ts';

let server: FakeServer;
/** What happened, in order. */
let steps: string[];

useFakeConference((fakes) => {
  ({ server } = fakes);
  steps = [];
});

const unknownEndpoint = new NotFoundError({ operation: 'join', status: 404 });

function enter(more: Partial<EnterOptions> = {}, isRegistered = true) {
  const endpoint: UserEndpoint = {
    id: 'seat',
    isRegistered,
    isForgotten: async () => false,
    stop: () => void steps.push('stop'),
    unregister: async () => void steps.push('unregister'),
  };
  server.endpoints.add('seat');
  server.intercept = ({ operation }) => void steps.push(operation);
  return enterConference({
    api: server.api('ada'),
    conferenceId: 'room',
    metadata: { name: 'Ada' },
    register: async (preferredId) => {
      steps.push(preferredId === more.preferredId ? `register ${preferredId}` : 'register');
      return endpoint;
    },
    preferredId: undefined,
    signal: new AbortController().signal,
    onRegistered: ({ id }) => void steps.push(`registered ${id}`),
    onEntered: () => void steps.push('entered'),
    ...more,
  });
}

it('registers, joins with the metadata, and reads the state', async () => {
  const { endpoint, conference } = await enter();
  expect(steps).toEqual(['register', 'registered seat', 'join', 'entered', 'getConference']);
  expect(endpoint.id).toBe('seat');
  expect(conference).toMatchObject({
    id: 'room',
    participants: [{ id: 'seat', metadata: { name: 'Ada' } }],
  });
});

it('stops the endpoint and does not tell the server when joining fails', async () => {
  const api = { ...server.api('ada'), join: () => Promise.reject(broken('join')) };
  await expect(enter({ api })).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
  expect(steps).toEqual(['register', 'registered seat', 'stop']);
});

it('does not join when it is aborted while it registers', async () => {
  const abort = new AbortController();
  const onRegistered = () => abort.abort();
  await expect(enter({ signal: abort.signal, onRegistered })).rejects.toThrow('abort');
  expect(server.callsOf('join')).toEqual([]);
  expect(steps.at(-1)).toBe('stop');
});

it.each([
  ['the id was preferred', { preferredId: 'seat' }, true, 2],
  ['the endpoint is not registered', {}, false, 2],
  ['the server assigned the id', {}, true, 1],
])(
  'registers again for an endpoint that the server does not know if %s',
  async (_why, more, isRegistered, times) => {
    const join = vi.fn<EnterOptions['api']['join']>(() => Promise.reject(unknownEndpoint));
    await expect(enter({ ...more, api: { ...server.api('ada'), join } }, isRegistered)).rejects.toBe(
      unknownEndpoint,
    );
    expect(join).toHaveBeenCalledTimes(times);
    expect(steps.filter((step) => step.startsWith('registered'))).toHaveLength(times);
    expect(steps.filter((step) => step === 'stop')).toHaveLength(times);
  },
);

it('does not register again when joining fails in another way', async () => {
  const join = vi.fn<EnterOptions['api']['join']>(() => Promise.reject(broken('join')));
  const api = { ...server.api('ada'), join };
  await expect(enter({ preferredId: 'seat', api })).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
  expect(join).toHaveBeenCalledOnce();
});

it.each([
  ['replaces its metadata', { replacesMetadata: true }, { name: 'Ada' }],
  ['leaves its metadata alone unless it may replace them', {}, { name: 'earlier' }],
  [
    'leaves its metadata alone without other ones',
    { replacesMetadata: true, metadata: undefined },
    { name: 'earlier' },
  ],
])('enters with an endpoint that is already inside, and %s', async (_how, more, metadata) => {
  server.endpoints.add('seat');
  await server
    .api('ada')
    .join({ conferenceId: 'room', userEndpointId: 'seat', metadata: { name: 'earlier' } });
  const { conference } = await enter(more);
  expect(conference.participants).toMatchObject([{ id: 'seat', metadata }]);
});

it('fails when the server refuses to let it in', async () => {
  const api = { ...server.api('ada'), join: () => Promise.reject(forbidden('join')) };
  await expect(enter({ api })).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
});

it('reads the simple view when the server refuses the full state, and fails when it is away', async () => {
  const { signal } = new AbortController();
  server.intercept = ({ operation }) => {
    if (operation === 'getConference') throw forbidden(operation);
  };
  expect(await readConference(server.api('ada'), 'room', signal)).toMatchObject({ id: 'room' });
  expect(server.callsOf('getSimpleView')).toHaveLength(1);
  server.intercept = ({ operation }) => {
    throw broken(operation);
  };
  await expect(readConference(server.api('ada'), 'room', signal)).rejects.toMatchObject({
    code: 'ERR_CONNECTION',
  });
  expect(server.callsOf('getSimpleView')).toHaveLength(1);
});

it('names the conference for a server that leaves its id out', async () => {
  const api = { ...server.api('ada'), getConference: async () => ({ version: 3 }) };
  expect(await readConference(api, 'room', new AbortController().signal)).toMatchObject({
    id: 'room',
    version: 3,
  });
});
