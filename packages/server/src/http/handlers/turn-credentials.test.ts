import { expect, it } from 'vitest';
import { startTestServer } from '../../testing/test-server.ts';
import { turnServer } from './turn-credentials.ts';

const urls = ['turn:turn.example.com:3478?transport=tcp'];

it('signs expiry and user as coturn verifies them', () => {
  // printf '1700000600:ada' | openssl dgst -sha1 -hmac north -binary | base64
  expect(turnServer({ urls, secret: 'north', ttlSeconds: 600 }, 'ada', 1_700_000_000_999)).toEqual({
    urls,
    username: '1700000600:ada',
    credential: 'PxnDSvp1YXUZ9V3JJfLv80je4zM=',
  });
});

it('gives each user their own credentials, in addition to the statically configured servers', async () => {
  const fixed = { urls: ['stun:stun.example.com'] };
  const { service, clock } = await startTestServer({ iceServers: [fixed], turn: { urls, secret: 'north' } });
  const { body } = await service.call<{ iceServers: { username?: string }[] }>('getIceServers');
  expect(body.iceServers).toEqual([
    fixed,
    turnServer({ urls, secret: 'north' }, service.userId, clock.now()),
  ]);
  const expiry = Number(body.iceServers[1]?.username?.split(':')[0]);
  expect(expiry - Math.floor(clock.now() / 1000)).toBe(86_400);
});
