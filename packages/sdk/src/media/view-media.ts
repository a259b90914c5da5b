import type { ParleyError } from '@parley-rtc/client';
import type { Stream, ViewStreamCommand, ViewStreamResult } from '@parley-rtc/contract';
import { MediaConnectionError } from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import { attachMedia } from './attach-media.ts';
import { kindsOf } from './stream-kinds.ts';
import { openStreamLink } from './stream-link.ts';
import type { ViewedStream, ViewOptions } from './viewed-stream.ts';

/** What viewing needs of the rest of the SDK. */
export interface ViewVerbs {
  readonly iceServers: readonly RTCIceServer[];
  /** Aborts when the stream is gone or the conference is over. */
  readonly signal: AbortSignal;
  readonly view: (
    command: Omit<ViewStreamCommand, 'conferenceId' | 'userEndpointId'>,
    signal: AbortSignal,
  ) => Promise<ViewStreamResult>;
  readonly sendCandidates: (viewerId: string, candidates: readonly RTCIceCandidateInit[]) => void;
  /** Never rejects. */
  readonly stopView: (viewerId: string) => Promise<void>;
  readonly onProblem: (error: ParleyError) => void;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** Receives a stream. On any failure nothing stays open. */
export async function viewMedia(
  { id: streamId, type }: Pick<Stream, 'id' | 'type'>,
  { metadata, signal }: ViewOptions,
  verbs: ViewVerbs,
): Promise<ViewedStream> {
  // Chosen here, so that a view whose answer got lost can be stopped.
  let viewerId = newId();
  const detachAll = new Set<() => void>();
  const stop = () => link.close();

  const link = await openStreamLink({
    operation: 'viewStream',
    iceServers: verbs.iceServers,
    onPeer: verbs.onPeer,
    signals: [verbs.signal, signal],
    addMedia: (peer) => {
      const { needs, may } = kindsOf[type];
      for (const kind of [...needs, ...may].toSorted()) peer.addTransceiver(kind, { direction: 'recvonly' });
    },
    exchange: async (sdpOffer, signal) => {
      const command = { streamId, viewerId, sdpOffer, ...(metadata && { metadata }) };
      const answer = await verbs.view(command, signal);
      viewerId = answer.viewerId ?? viewerId;
      return answer.sdpAnswer;
    },
    sendCandidates: (candidates) => verbs.sendCandidates(viewerId, candidates),
    withdraw: () => verbs.stopView(viewerId),
    onFailed: () => {
      verbs.onProblem(new MediaConnectionError(streamId, 'view'));
      void stop();
    },
    onClosed: () => {
      for (const detach of detachAll) detach();
      verbs.onClosed();
    },
  });

  const mediaStream = new MediaStream(receivedTracks(link.peer));
  return {
    streamId,
    viewerId,
    mediaStream,
    get connectionState() {
      return link.peer.connectionState;
    },
    attach: (element) => {
      const clear = attachMedia(element, mediaStream, verbs.onProblem);
      const detach = () => {
        clear();
        detachAll.delete(detach);
      };
      detachAll.add(detach);
      return detach;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The server may refuse a kind that was offered on suspicion, such as the sound of a screen. */
function receivedTracks(peer: RTCPeerConnection): MediaStreamTrack[] {
  return peer
    .getTransceivers()
    .filter(({ currentDirection }) => currentDirection === 'recvonly')
    .map(({ receiver }) => receiver.track);
}
