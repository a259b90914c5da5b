import { decodeSdp, encodeSdp } from '../fake-sdp.ts';
import { FakeTrack } from './fake-media.ts';

/** A sender that records its track and parameters. */
class FakeSender {
  track: FakeTrack | null;
  encodings: RTCRtpEncodingParameters[];
  degradationPreference: RTCDegradationPreference | undefined;
  readonly transport: { state: RTCDtlsTransportState } = { state: 'new' };

  constructor(track: FakeTrack | null, encodings: readonly RTCRtpEncodingParameters[]) {
    this.track = track;
    this.encodings = encodings.map((encoding) => ({ ...encoding }));
  }

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track;
  }

  getParameters(): Pick<FakeSender, 'encodings' | 'degradationPreference'> {
    const { degradationPreference } = this;
    return { encodings: this.encodings.map((encoding) => ({ ...encoding })), degradationPreference };
  }

  async setParameters(parameters: Pick<FakeSender, 'encodings' | 'degradationPreference'>): Promise<void> {
    if (ridsOf(parameters.encodings) !== ridsOf(this.encodings)) {
      throw new DOMException('The layers are fixed.', 'InvalidModificationError');
    }
    Object.assign(this, parameters);
  }
}

function ridsOf(encodings: readonly RTCRtpEncodingParameters[]): string {
  return encodings.map(({ rid }) => rid).join(' ');
}

interface FakeTransceiver {
  readonly kind: 'audio' | 'video';
  readonly direction: RTCRtpTransceiverDirection;
  readonly sendEncodings: readonly RTCRtpEncodingParameters[] | undefined;
  readonly sender: FakeSender;
  readonly receiver: { readonly track: FakeTrack };
  currentDirection: RTCRtpTransceiverDirection | null;
}

const reverse: Readonly<Partial<Record<RTCRtpTransceiverDirection, RTCRtpTransceiverDirection>>> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  sendrecv: 'sendrecv',
};

/** A peer connection without a network. It validates descriptions; tests drive its states and candidates. */
export class FakePeerConnection extends EventTarget {
  /** All connections that are not closed. */
  static readonly open: Set<FakePeerConnection> = new Set();
  /** Whether a new certificate of the server starts a new DTLS association, as in Chromium but not in Firefox. */
  static followsCertificates = true;

  configuration: RTCConfiguration | undefined;
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  iceGatheringState: RTCIceGatheringState = 'new';
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  onicecandidate: ((event: { candidate: Partial<RTCIceCandidate> | null }) => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  readonly #transceivers: FakeTransceiver[] = [];

  constructor(configuration?: RTCConfiguration) {
    super();
    this.configuration = configuration;
    FakePeerConnection.open.add(this);
  }

  addTransceiver(trackOrKind: FakeTrack | 'audio' | 'video', init: RTCRtpTransceiverInit): FakeTransceiver {
    const track = typeof trackOrKind === 'string' ? null : trackOrKind;
    const kind = typeof trackOrKind === 'string' ? trackOrKind : trackOrKind.kind;
    const transceiver: FakeTransceiver = {
      kind,
      direction: init.direction ?? 'sendrecv',
      sendEncodings: init.sendEncodings,
      sender: new FakeSender(track, init.sendEncodings ?? [{}]),
      receiver: { track: new FakeTrack(kind) },
      currentDirection: null,
    };
    this.#transceivers.push(transceiver);
    return transceiver;
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.#transceivers;
  }

  /** The report that `getStats()` returns. */
  stats: ReadonlyMap<string, unknown> = new Map();

  async getStats(): Promise<ReadonlyMap<string, unknown>> {
    return this.stats;
  }

  getSenders(): readonly FakeSender[] {
    return this.#transceivers.map(({ sender }) => sender);
  }

  getReceivers(): readonly FakeTransceiver['receiver'][] {
    return this.#transceivers.map(({ receiver }) => receiver);
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  /** Number of offers with an ICE restart. */
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
      if (FakePeerConnection.followsCertificates) transceiver.sender.transport.state = 'connecting';
      // Fake answers never have simulcast, so only the first layer stays, as in a browser.
      transceiver.sender.encodings.splice(1);
    }
  }

  close(): void {
    this.connectionState = 'closed';
    FakePeerConnection.open.delete(this);
  }

  /** Reports a local candidate, as a browser does at any time after the offer. */
  findCandidate(candidate: string): void {
    this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
  }

  /** Ends the gathering of local candidates. */
  endGathering(): void {
    this.iceGatheringState = 'complete';
    this.onicecandidate?.({ candidate: null });
  }

  /** Changes the ICE state, as the network does. */
  moveIceTo(state: RTCIceConnectionState): void {
    this.iceConnectionState = state;
    this.dispatchEvent(new Event('iceconnectionstatechange'));
  }

  /** Changes the connection state, as the network does. */
  moveTo(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    if (state === 'connected') {
      for (const { sender } of this.#transceivers) sender.transport.state = 'connected';
    }
    this.onconnectionstatechange?.();
    this.dispatchEvent(new Event('connectionstatechange'));
  }
}
