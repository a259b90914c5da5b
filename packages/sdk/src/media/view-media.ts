import type { ParleyError } from '@parley-rtc/client';
import type { Stream, ViewedVideo, ViewStreamCommand, ViewStreamResult } from '@parley-rtc/contract';
import { MediaConnectionError } from '../errors/media-errors.ts';
import { newId } from '../new-id.ts';
import type { ViewConduct } from '../viewing/view-conduct.ts';
import { kindsOf } from './stream-kinds.ts';
import { openStreamLink } from './stream-link.ts';
import { type Upkeep, upkeepOf } from './upkeep.ts';
import type { ViewedStream, ViewOptions } from './viewed-stream.ts';

/** What viewing needs of the rest of the SDK. */
export interface ViewVerbs {
  readonly iceConfiguration: () => Promise<RTCConfiguration>;
  /** Aborts when the stream is gone or the conference is over. */
  readonly signal: AbortSignal;
  readonly view: (
    command: Omit<ViewStreamCommand, 'conferenceId' | 'userEndpointId'>,
    signal: AbortSignal,
  ) => Promise<ViewStreamResult>;
  /** Resolves with whether the server knows the view; never rejects. */
  readonly sendCandidates: (viewerId: string, candidates: readonly RTCIceCandidateInit[]) => Promise<boolean>;
  readonly updateView: (viewerId: string, video: ViewedVideo) => Promise<void>;
  /** Decrypts what a new receiver gets, if that is wanted. */
  readonly open: (receiver: RTCRtpReceiver) => void;
  /** What is done with the view, in a part of the SDK that is fetched meanwhile. */
  readonly conduct: Promise<ViewConduct>;
  /** Never rejects. */
  readonly stopView: (viewerId: string) => Promise<unknown>;
  /** Whether the server counts us as present. While it does not, a lost connection is no reason to close. */
  readonly isInside: () => boolean;
  readonly onProblem: (error: ParleyError) => void;
  readonly onPeer: (peer: RTCPeerConnection) => void;
  readonly onClosed: () => void;
}

/** A view and what keeps it alive. */
export interface View extends Upkeep {
  readonly view: ViewedStream;
}

/** Receives a stream. On any failure nothing stays open. */
export async function viewMedia(
  { id: streamId, type }: Pick<Stream, 'id' | 'type'>,
  { metadata, signal, element, video: byHand }: ViewOptions,
  verbs: ViewVerbs,
): Promise<View> {
  // Chosen here, so that a view whose answer got lost can be stopped.
  let viewerId = newId();
  const stop = () => link.close();
  let conduct: ViewConduct | undefined;
  const close = () => {
    // Whoever waits for the conduct hears why it is not there.
    if (conduct) conduct.close();
    else verbs.conduct.then((late) => late.close()).catch(() => {});
    verbs.onClosed();
  };
  const onFailed = () => {
    if (!verbs.isInside()) return;
    verbs.onProblem(new MediaConnectionError(streamId, 'view'));
    void stop();
  };
  let told: ViewedVideo = {};
  const startedMs = performance.now();
  let [offeredMs, answeredMs] = [startedMs, startedMs];

  const link = await openStreamLink({
    operation: 'viewStream',
    iceConfiguration: verbs.iceConfiguration,
    onPeer: verbs.onPeer,
    signals: [verbs.signal, signal],
    addMedia: (peer) => {
      const { needs, may } = kindsOf[type];
      for (const kind of [...needs, ...may].toSorted()) {
        verbs.open(peer.addTransceiver(kind, { direction: 'recvonly' }).receiver);
      }
    },
    reopensAnew: false,
    exchange: async (sdpOffer, signal) => {
      conduct?.onNewPath();
      offeredMs = performance.now();
      // A restart asks for what is wanted by then.
      if (conduct || element || byHand) told = (await verbs.conduct).video;
      const video = Object.keys(told).length > 0 && { video: told };
      const command = { streamId, viewerId, sdpOffer, ...(metadata && { metadata }), ...video };
      const answer = await verbs.view(command, signal);
      answeredMs = performance.now();
      viewerId = answer.viewerId ?? viewerId;
      return answer.sdpAnswer;
    },
    sendCandidates: (candidates) => verbs.sendCandidates(viewerId, candidates),
    withdraw: () => verbs.stopView(viewerId),
    onFailed,
    // The events will tell whether the stream is gone or we are.
    onForgotten: () => {},
    onClosed: close,
  });

  const marks = { startedMs, offeredMs, answeredMs, appliedMs: performance.now() };
  const mediaStream = new MediaStream(receivedTracks(link.peer));
  try {
    conduct = await verbs.conduct;
    // Closed while it was fetched.
    if (link.isClosed) conduct.close();
    const update = (video: ViewedVideo) => verbs.updateView(viewerId, video);
    conduct.open({ viewerId: () => viewerId, peer: () => link.peer, mediaStream, marks, update }, told);
    const upkeep = upkeepOf({ link, isInside: verbs.isInside, onRenewed: () => {}, onFailed });
    return { view: viewOf(conduct, mediaStream), ...upkeep };
  } catch (error) {
    void stop();
    throw error;
  }

  function viewOf(conduct: ViewConduct, mediaStream: MediaStream): ViewedStream {
    return {
      streamId,
      viewerId,
      get mediaStream() {
        conduct.take();
        return mediaStream;
      },
      get connectionState() {
        return link.peer.connectionState;
      },
      get video() {
        return conduct.video;
      },
      get priority() {
        return conduct.priority;
      },
      firstFrame: conduct.firstFrame,
      attach: (element) => conduct.attach(element),
      setVolume: (volume) => conduct.setVolume(volume),
      setAudioOutput: (deviceId) => conduct.setAudioOutput(deviceId),
      setPriority: (priority) => conduct.setPriority(priority),
      setVideo: (video) => conduct.setVideo(video),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }
}

/** The server may refuse a kind that was offered on suspicion, such as the sound of a screen. */
function receivedTracks(peer: RTCPeerConnection): MediaStreamTrack[] {
  return peer
    .getTransceivers()
    .filter(({ currentDirection }) => currentDirection === 'recvonly')
    .map(({ receiver }) => receiver.track);
}
