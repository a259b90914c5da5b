import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { createParleyServer } from '../parley-server.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { addDemoPage } from './demo-page.ts';

const client = { id: 'demo', secret: 'hush', roles: ['AGENT'] as const };

async function startDemo(): Promise<string> {
  const folder = temporaryFolder();
  const files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'parley-call.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not for pages');
  const server = await createParleyServer(
    { clients: [client], port: 0 },
    { mediaRouter: new FakeMediaRouter(), addRoutes: (app) => addDemoPage(app, client, files) },
  );
  onTestFinished(() => server.close());
  return (await server.listen()).url;
}

it('serves a page that may load its own files, and nothing else', async () => {
  const url = await startDemo();
  const page = await fetch(`${url}/demo?room=r`);
  expect([page.status, page.url]).toEqual([200, `${url}/demo/?room=r`]);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  for (const path of ['page.js', 'files/parley-call.js']) {
    const file = await fetch(`${url}/demo/${path}`);
    expect(file.status).toBe(200);
    expect(file.headers.get('content-type')).toMatch(/^(text|application)\/javascript; charset=utf-8$/);
  }
  for (const path of ['files/missing.js', 'files/..%2Fsecret.txt', 'files/']) {
    expect((await fetch(`${url}/demo/${path}`)).status).toBeGreaterThanOrEqual(400);
  }
});

it('lets everyone into the room of the address, also after its call has ended', async () => {
  const url = await startDemo();
  const ask = async (path: string, body: URLSearchParams | string, token = ''): Promise<Response> =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers:
        typeof body === 'string'
          ? { 'content-type': 'application/json', authorization: `Bearer ${token}` }
          : {},
    });
  const enter = async (): Promise<{ token: string; userEndpointId: string }> => {
    const answer = await fetch(`${url}/demo/ticket?room=tea`, { method: 'POST' });
    const { ticket } = (await answer.json()) as { readonly ticket: string };
    const login = await ask(
      '/security/oauth/token',
      new URLSearchParams({ grant_type: 'password', client_id: 'customer', ticket }),
    );
    const { access_token: token } = (await login.json()) as { readonly access_token: string };
    const endpoint = await ask('/rtc-api/users/endpoints', '{"keepAliveSeconds":30}', token);
    const userEndpointId = (await endpoint.json()) as string;
    const command = JSON.stringify({ conferenceId: 'demo-tea', userEndpointId });
    expect((await ask('/rtc-api/conferences/join', command, token)).status).toBe(200);
    return { token, userEndpointId };
  };
  const { token, userEndpointId } = await enter();
  const end = JSON.stringify({ conferenceId: 'demo-tea', userEndpointId });
  expect((await ask('/rtc-api/conferences/end', end, token)).status).toBe(204);
  await enter();
});

it('says that its files have to be built', async () => {
  const creating = createParleyServer(
    { clients: [client], port: 0 },
    {
      mediaRouter: new FakeMediaRouter(),
      addRoutes: (app) => addDemoPage(app, client, join(temporaryFolder(), 'none')),
    },
  );
  await expect(creating).rejects.toMatchObject({ code: 'ERR_CONFIG' });
});
