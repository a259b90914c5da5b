import type { Conference } from '@parley-rtc/sdk';

declare global {
  interface Window {
    /** Joins and views the only published stream. Returns milliseconds from the join or the view to the first frame. */
    bareCall(asked: {
      readonly ticket: string;
      readonly conferenceId: string;
      readonly isJoinMeasured: boolean;
    }): Promise<number>;
    /** Views a stream as the endpoint of a conference that the SDK joined. */
    bareViewOf(asked: {
      readonly token: string;
      readonly conferenceId: string;
      readonly conference: Conference;
      readonly streamId: string;
      readonly video: HTMLVideoElement;
    }): Promise<void>;
  }
}

/** Runs in the page: the shortest possible exchange of a viewer, with only fetch and RTCPeerConnection. */
export function installBareCaller(): void {
  const request = async (token: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`/rtc-api/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  };

  const view = async (
    token: string,
    about: { readonly conferenceId: string; readonly userEndpointId: string; readonly streamId: string },
    video: HTMLVideoElement,
  ): Promise<RTCPeerConnection> => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver('audio', { direction: 'recvonly' });
    peer.addTransceiver('video', { direction: 'recvonly' });
    const held: RTCIceCandidate[] = [];
    let send = (candidate: RTCIceCandidate): void => void held.push(candidate);
    peer.addEventListener('icecandidate', ({ candidate }) => candidate && send(candidate));
    await peer.setLocalDescription();
    const sdpOffer = peer.localDescription?.sdp;
    const answer = (await request(token, 'conferences/viewStream', { ...about, sdpOffer })) as {
      readonly viewerId: string;
      readonly sdpAnswer: string;
    };
    await peer.setRemoteDescription({ type: 'answer', sdp: answer.sdpAnswer });
    const sendAll = (candidates: readonly RTCIceCandidate[]): void => {
      const command = { ...about, viewerId: answer.viewerId, iceCandidates: candidates };
      void request(token, 'conferences/addViewStreamIceCandidates', command);
    };
    send = (candidate) => sendAll([candidate]);
    if (held.length > 0) sendAll(held);
    video.srcObject = new MediaStream(peer.getReceivers().map(({ track }) => track));
    await video.play();
    return peer;
  };

  window.bareCall = async ({ ticket, conferenceId, isJoinMeasured }) => {
    const redeemed = await window.Parley.redeemTicket({ server: location.origin, ticket });
    const token = await redeemed.token();
    const video = Object.assign(document.createElement('video'), { muted: true });
    document.body.append(video);
    let startedAt = performance.now();
    const firstFrame = new Promise<number>((resolve) => {
      video.requestVideoFrameCallback(() => resolve(performance.now()));
    });
    const userEndpointId = (await request(token, 'users/endpoints', { keepAliveSeconds: 30 })) as string;
    await request(token, 'conferences/join', { conferenceId, userEndpointId });
    const state = (await request(token, `conferences/${conferenceId}`)) as {
      readonly participants: readonly { readonly streams: readonly { readonly id: string }[] }[];
    };
    const streamId = state.participants.flatMap(({ streams }) => streams)[0]?.id ?? '';
    if (!isJoinMeasured) startedAt = performance.now();
    const about = { conferenceId, userEndpointId, streamId };
    const peer = await view(token, about, video);
    const tookMs = (await firstFrame) - startedAt;
    peer.close();
    video.remove();
    await request(token, 'users/endpoints/unregister', { userEndpointId });
    return tookMs;
  };

  window.bareViewOf = async ({ token, conferenceId, conference, streamId, video }) => {
    const about = { conferenceId, userEndpointId: conference.endpointId, streamId };
    // Referenced by the video, so that it is not garbage-collected.
    Object.assign(video, { peer: await view(token, about, video) });
  };
}
