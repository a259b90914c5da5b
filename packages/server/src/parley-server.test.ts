import { expect, it } from 'vitest';
import { FakeMediaRouter } from './media/fake-media-router.ts';
import { createParleyServer } from './parley-server.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

it('can be closed twice, and without having listened', async () => {
  const mediaRouter = new FakeMediaRouter();
  const server = await createParleyServer({ clients: [] }, { mediaRouter });
  await Promise.all([server.close(), server.close()]);
  expect(mediaRouter.isClosed).toBe(true);
});

it('takes a free port when asked for port 0 and tells its address', async () => {
  const server = await createParleyServer({ clients: [], port: 0 }, { mediaRouter: new FakeMediaRouter() });
  const { url } = await server.listen();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await server.close();
});

it('lets go of its data folder when it cannot be put together', async () => {
  const dataDir = temporaryFolder();
  const broken = { jwksUrl: 'no URL', issuer: 'i', audience: 'a' };
  await expect(createParleyServer({ clients: [], dataDir, externalIssuer: broken })).rejects.toThrow(
    'Invalid URL',
  );
  const server = await createParleyServer({ clients: [], dataDir });
  await server.close();
});
