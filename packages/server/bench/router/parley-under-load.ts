import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { publishOffer, viewOffer, viewedFormat } from './load-offers.ts';
import { farSideOf, OfferingPeer } from './load-peer.ts';
import type { RouterUnderLoad } from './router-under-load.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Starts our server, as its users do. */
export async function startParley(): Promise<RouterUnderLoad> {
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program], {
    env: {
      PATH: process.env['PATH'],
      PARLEY_PORT: '0',
      PARLEY_CLIENTS: 'bench:bench:SERVICE',
      PARLEY_RATE_LIMITS: 'off',
      PARLEY_LIMIT_VIEWS_PER_ENDPOINT: '10000',
      PARLEY_LIMIT_STREAMS_PER_PARTICIPANT: '10000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^Parley listens on (\S+)/m.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The server ended: ${printed}`)));
  });
  const token = await post<{ access_token: string }>(
    `${url}/security/oauth/token`,
    new URLSearchParams({ grant_type: 'client_credentials', client_id: 'bench', client_secret: 'bench' }),
  );
  const call = <Answer>(path: string, body: object): Promise<Answer> =>
    post<Answer>(`${url}/rtc-api/${path}`, JSON.stringify(body), {
      authorization: `Bearer ${token.access_token}`,
      'content-type': 'application/json',
    });
  const { id: conferenceId } = await call<{ id: string }>('conferences/create', {});
  const userEndpointId = await call<string>('users/endpoints', { keepAliveSeconds: 600 });
  const about = { conferenceId, userEndpointId };
  await call('conferences/join', about);

  return {
    pid: child.pid ?? 0,
    publish: async (isSimulcast) => {
      const peer = await OfferingPeer.create('127.0.0.1');
      const offer = publishOffer(peer, isSimulcast);
      const { streamId, sdpAnswer } = await call<{ streamId: string; sdpAnswer: string }>(
        'conferences/publishStream',
        { ...about, conferenceStreamType: 'MIC_AND_CAM', sdpOffer: offer },
      );
      await peer.connect(farSideOf(sdpAnswer), (candidate) =>
        call('conferences/addPublishStreamIceCandidates', {
          ...about,
          streamId,
          iceCandidates: [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }],
        }),
      );
      return { streamId, peer, offer };
    },
    view: async (streamId) => {
      const peer = await OfferingPeer.create('127.0.0.1');
      const { viewerId, sdpAnswer } = await call<{ viewerId: string; sdpAnswer: string }>(
        'conferences/viewStream',
        { ...about, streamId, sdpOffer: viewOffer(peer) },
      );
      await peer.connect(farSideOf(sdpAnswer), (candidate) =>
        call('conferences/addViewStreamIceCandidates', {
          ...about,
          streamId,
          viewerId,
          iceCandidates: [{ candidate, sdpMid: '0', sdpMLineIndex: 0 }],
        }),
      );
      return { peer, format: viewedFormat(sdpAnswer) };
    },
    loopDelayP99Ms: async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(text)?.[1];
      return seconds === undefined ? undefined : Number(seconds) * 1_000;
    },
    close: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function post<Answer>(
  url: string,
  body: string | URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}
