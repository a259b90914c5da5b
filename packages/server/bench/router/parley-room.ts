import { farSideOf, NativePeer } from '../../src/media/testing/native-peer.ts';
import { publishOffer, viewedFormat, viewOffer } from './load-offers.ts';
import type { RouterUnderLoad } from './router-under-load.ts';

/** A conference on one of our servers, with this process as a participant. */
export interface ParleyRoom extends Pick<RouterUnderLoad, 'publish' | 'view'> {
  readonly conferenceId: string;
  /** Records all streams on the server. */
  readonly record: () => Promise<unknown>;
}

/** Joins a conference; creates one if none is named. */
export async function joinParley(url: string, known?: string): Promise<ParleyRoom> {
  const token = await post<{ access_token: string }>(
    `${url}/security/oauth/token`,
    new URLSearchParams({ grant_type: 'client_credentials', client_id: 'bench', client_secret: 'bench' }),
  );
  const call = <Answer>(path: string, body: object): Promise<Answer> =>
    post<Answer>(`${url}/rtc-api/${path}`, JSON.stringify(body), {
      authorization: `Bearer ${token.access_token}`,
      'content-type': 'application/json',
    });
  const conferenceId = known ?? (await call<{ id: string }>('conferences/create', {})).id;
  const userEndpointId = await call<string>('users/endpoints', { keepAliveSeconds: 600 });
  const about = { conferenceId, userEndpointId };
  await call('conferences/join', about);

  return {
    conferenceId,
    record: () => call('conferences/startRecording', about),
    publish: async (isSimulcast) => {
      const peer = await NativePeer.create('127.0.0.1');
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
    view: async (streamId, hasFeedback) => {
      const peer = await NativePeer.create('127.0.0.1');
      const { viewerId, sdpAnswer } = await call<{ viewerId: string; sdpAnswer: string }>(
        'conferences/viewStream',
        { ...about, streamId, sdpOffer: viewOffer(peer, hasFeedback) },
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
