import { afterEach, expect, it, vi } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it.each(['getConference', 'getSimpleView'])('serializes a %s once for each version', async (operation) => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId, { name: 'Ada' });
  const stringify = vi.spyOn(JSON, 'stringify');
  const serializations = (): number =>
    stringify.mock.calls.filter(([value]) => Object.hasOwn(Object(value) as object, 'participants')).length;
  const read = () => service.call<{ readonly version: number }>(operation, { params: { id: conferenceId } });
  const first = await read();
  expect(await read()).toMatchObject({ status: 200, body: first.body });
  expect(serializations()).toBe(1);
  const body = { conferenceId, userEndpointId, operation: 'SET', key: 'k', value: 'v' };
  await service.do('updateMetadata', { body });
  expect((await read()).body.version).toBe(first.body.version + 1);
  expect(serializations()).toBe(2);
});
