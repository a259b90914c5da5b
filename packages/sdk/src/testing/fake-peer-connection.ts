import { FakeTrack } from './fake-media.ts';
import { decodeSdp, encodeSdp } from './fake-sdp.ts';

interface FakeTransceiver {
  readonly kind: 'audio' | 'video';
  readonly direction: RTCRtpTransceiverDirection;
  readonly sendEncodings: readonly RTCRtpEncodingParameters[] | undefined;
  readonly sender: { readonly track: FakeTrack | null };
  readonly receiver: { readonly track: FakeTrack };
  currentDirection: RTCRtpTransceiverDirection | null;
}

const reverse: Readonly<Partial<Record<RTCRtpTransceiverDirection, RTCRtpTransceiverDirection>>> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  sendrecv: 'sendrecv',
};

/** A peer connection without a network: descriptions are checked for sense, and tests drive states and candidates. */
export class FakePeerConnection {
  /** All that were made and not closed. */
  static readonly open: Set<FakePeerConnection> = new Set();

  readonly configuration: RTCConfiguration;
  connectionState: RTCPeerConnectionState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onicecandidate: ((event: { candidate: Partial<RTCIceCandidate> | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly #transceivers: FakeTransceiver[] = [];

  constructor(configuration: RTCConfiguration) {
    this.configuration = configuration;
    FakePeerConnection.open.add(this);
  }

  addTransceiver(trackOrKind: FakeTrack | 'audio' | 'video', init: RTCRtpTransceiverInit): void {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    this.#transceivers.push({
      kind,
      direction: init.direction ?? 'sendrecv',
      sendEncodings: init.sendEncodings,
      sender: { track },
      receiver: { track: new FakeTrack(kind) },
      currentDirection: null,
    });
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.#transceivers;
  }

  /** How many offers asked for a new path. */
  restarts = 0;

  async createOffer({ iceRestart = false }: RTCOfferOptions = {}): Promise<RTCSessionDescriptionInit> {
    if (iceRestart) this.restarts += 1;
    return { type: 'offer', sdp: encodeSdp(this.#transceivers) };
  }

  async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.localDescription = description;
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const sections = decodeSdp(description.sdp ?? '');
    if (sections.length !== this.#transceivers.length)
      throw new DOMException('sections', 'InvalidAccessError');
    this.remoteDescription = description;
    for (const [index, transceiver] of this.#transceivers.entries()) {
      const remote = sections[index]?.direction ?? 'inactive';
      transceiver.currentDirection = reverse[remote] ?? 'inactive';
    }
  }

  close(): void {
    this.connectionState = 'closed';
    FakePeerConnection.open.delete(this);
  }

  /** Finds a local candidate, as a browser does at any time after the offer. */
  findCandidate(candidate: string): void {
    this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
  }

  /** Moves the connection, as the network does. */
  moveTo(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
}
