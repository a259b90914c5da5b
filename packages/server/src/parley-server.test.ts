import { expect, it } from 'vitest';
import { FakeMediaRouter } from './media/testing/fake-media-router.ts';
import { createParleyServer } from './parley-server.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

it('can be closed twice, and before listening', async () => {
  const mediaRouter = new FakeMediaRouter();
  const server = await createParleyServer({ clients: [] }, { mediaRouter });
  await Promise.all([server.close(), server.close()]);
  expect(mediaRouter.isClosed).toBe(true);
});

it('listens on a free port for port 0, and returns its URL', async () => {
  const server = await createParleyServer({ clients: [], port: 0 }, { mediaRouter: new FakeMediaRouter() });
  const { url } = await server.listen();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await server.close();
});

it('releases its data folder when it cannot start', async () => {
  const dataDir = temporaryFolder();
  const broken = { jwksUrl: 'no URL', issuer: 'i', audience: 'a' };
  await expect(createParleyServer({ clients: [], dataDir, externalIssuer: broken })).rejects.toThrow(
    'Invalid URL',
  );
  const server = await createParleyServer({ clients: [], dataDir });
  await server.close();
});
