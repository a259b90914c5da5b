import { expect, it } from 'vitest';
import { startTestServer } from '../testing/test-server.ts';

it('exports metrics of conferences, requests and the process', async () => {
  const { service, url, clock } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const streamId = await service.publish(conferenceId, userEndpointId);
  await service.do('viewStream', { body: { conferenceId, userEndpointId, streamId, sdpOffer: 'v=0' } });
  await service.call('getConference', { params: { id: 'nowhere' } });
  const parked = clock.timerCount;
  const poll = service.events(conferenceId, 2);
  await expect.poll(() => clock.timerCount).toBe(parked + 1);

  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const text = await answer.text();
  for (const line of [
    'parley_conferences 1',
    'parley_participants 1',
    'parley_streams 1',
    'parley_viewers 1',
    'parley_parked_polls 1',
    'parley_http_request_duration_seconds_count{operation="create",status="200"} 1',
    'parley_http_request_duration_seconds_count{operation="getConference",status="404"} 1',
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
  expect(text).toMatch(/process_resident_memory_bytes \d/);
  expect(text).not.toContain(conferenceId);

  await service.do('leave', { body: { conferenceId, userEndpointId } });
  await poll;
  clock.advance(1_000);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('parley_parked_polls 0');
});

it('requires the metrics token if one is configured', async () => {
  const { url } = await startTestServer({ metricsToken: 'm3trics' });
  const ask = (authorization: string) => fetch(`${url}/metrics`, { headers: { authorization } });
  expect((await ask('Bearer m3trics')).status).toBe(200);
  expect((await ask('Bearer m3tricz')).status).toBe(401);
  expect((await ask('')).status).toBe(401);
});

it('stops being ready, but keeps serving, before it closes', async () => {
  const { url, close, clock, service } = await startTestServer({ shutdownDelayMs: 10_000 });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' });
  const closed = close();
  const answer = await fetch(`${url}/readyz`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: 'shutting_down' });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await service.call('getIceServers')).status).toBe(200);
  clock.advance(10_000);
  await closed;
  await expect(fetch(`${url}/readyz`)).rejects.toThrow('fetch failed');
});

it('serves an API page that loads nothing from other servers', async () => {
  const { url } = await startTestServer();
  const page = await fetch(`${url}/docs`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'/);
  const html = await page.text();
  const references = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference = '']) => reference);
  expect(references.length).toBeGreaterThan(3);
  for (const reference of references) {
    const address = new URL(reference, `${page.url}/`);
    expect(address.origin).toBe(new URL(url).origin);
    expect((await fetch(address)).status).toBe(200);
  }
});

it('sends security headers with every response, including errors', async () => {
  const { url } = await startTestServer();
  for (const path of ['/healthz', '/nowhere', '/rtc-api/iceServers', '/%ZZ']) {
    const { headers } = await fetch(`${url}${path}`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(headers.get('x-frame-options')).toBe('DENY');
  }
});

it('accepts calls only from pages of the configured origins', async () => {
  const { url } = await startTestServer({ corsOrigins: ['https://app.example.com'] });
  const allowed = async (origin: string) =>
    (await fetch(`${url}/healthz`, { headers: { origin } })).headers.get('access-control-allow-origin');
  expect(await allowed('https://app.example.com')).toBe('https://app.example.com');
  expect(await allowed('https://evil.example.com')).toBeNull();
});
