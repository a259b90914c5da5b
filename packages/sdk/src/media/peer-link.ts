import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { NegotiationError } from '../errors/media-errors.ts';
import { CandidateBatcher } from './candidate-batcher.ts';

export interface PeerLinkOptions {
  /** Asked before each negotiation: credentials may expire. */
  readonly iceConfiguration: () => Promise<RTCConfiguration>;
  readonly sendCandidates: (candidates: readonly RTCIceCandidateInit[]) => void;
  readonly onStateChange: () => void;
}

/** One `RTCPeerConnection` to the server, which carries one stream in one direction. Its media never changes; its path may. */
export class PeerLink {
  /** For its transceivers; everything else is this class's business. */
  readonly peer: RTCPeerConnection;
  #hasCandidate = false;
  readonly #batcher: CandidateBatcher;
  readonly #iceConfiguration: PeerLinkOptions['iceConfiguration'];

  /** @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) in a browser without WebRTC. */
  constructor({ iceConfiguration, sendCandidates, onStateChange }: PeerLinkOptions) {
    if (typeof globalThis.RTCPeerConnection !== 'function') {
      throw new UnsupportedBrowserError('RTCPeerConnection');
    }
    const peer = new RTCPeerConnection();
    const batcher = new CandidateBatcher(sendCandidates);
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) {
        this.#hasCandidate = true;
        batcher.add(toWire(candidate));
      }
      // Null and an empty text both mark the end, which the server does not need (decision 34).
      else if (peer.remoteDescription) onStateChange();
    };
    peer.onconnectionstatechange = onStateChange;
    this.peer = peer;
    this.#batcher = batcher;
    this.#iceConfiguration = iceConfiguration;
  }

  /** As the browser says, but `failed` when it has looked for candidates and found none: it would wait for ever. */
  get state(): RTCPeerConnectionState {
    const { iceGatheringState, connectionState } = this.peer;
    return iceGatheringState === 'complete' && !this.#hasCandidate ? 'failed' : connectionState;
  }

  /**
   * Offers what the transceivers say and applies the answer that `exchange` brings; from the second time on over a new
   * path (ICE restart).
   *
   * @throws NegotiationError (`ERR_NEGOTIATION`) when the answer cannot be applied; whatever `exchange` throws.
   */
  async negotiate(exchange: (sdpOffer: string) => Promise<string>): Promise<void> {
    this.#batcher.hold();
    this.peer.setConfiguration(await this.#iceConfiguration());
    const iceRestart = this.peer.remoteDescription !== null;
    await this.peer.setLocalDescription(await this.peer.createOffer({ iceRestart }));
    const sdp = await exchange(this.peer.localDescription?.sdp ?? '');
    try {
      await this.peer.setRemoteDescription({ type: 'answer', sdp });
    } catch (cause) {
      throw new NegotiationError("The server's answer cannot be applied.", { cause });
    }
    this.#batcher.open();
  }

  close(): void {
    this.#batcher.close();
    this.peer.close();
  }
}

/** Only what the API knows; `toJSON` of a candidate holds more. */
function toWire({ candidate, sdpMid, sdpMLineIndex }: RTCIceCandidate): RTCIceCandidateInit {
  return { candidate, sdpMid, sdpMLineIndex };
}
