import { FakePageStream } from '../media/fake-page-stream.ts';
import { generateMedia } from '../media/generate-media.ts';
import { quietLevel, speakingLevel, type FakeMedia } from '../media/stream-media.ts';

/** A device that a page can use or list. */
export type FakeDeviceKind = 'camera' | 'microphone' | 'speaker';

/** Why the browser refuses a device. */
export type DeviceTrouble = 'denied' | 'dismissed' | 'in-use';

const browserKind: Readonly<Record<FakeDeviceKind, MediaDeviceKind>> = {
  camera: 'videoinput',
  microphone: 'audioinput',
  speaker: 'audiooutput',
};

const errorOf: Readonly<Record<DeviceTrouble, () => DOMException>> = {
  denied: () => new DOMException('Permission denied', 'NotAllowedError'),
  dismissed: () => new DOMException('Permission dismissed', 'NotAllowedError'),
  'in-use': () => new DOMException('Could not start video source', 'NotReadableError'),
};

interface Captured {
  readonly kind: 'camera' | 'microphone';
  readonly deviceId: string;
  readonly track: MediaStreamTrack;
  readonly media: FakeMedia;
}

/** The cameras, microphones, speakers and screens of a fake browser; what `navigator.mediaDevices` is. */
export class FakeMediaDevices extends EventTarget {
  #devices: readonly MediaDeviceInfo[] = [];
  readonly #troubles = new Map<string, DeviceTrouble>();
  #captured: readonly Captured[] = [];
  #isSpeaking = false;
  ondevicechange: ((event: Event) => unknown) | null = null;

  constructor() {
    super();
    this.#devices = [
      deviceOf('camera', 'Fake camera'),
      deviceOf('microphone', 'Fake microphone'),
      deviceOf('speaker', 'Fake speakers'),
    ];
  }

  /** Adds a device. Fires `devicechange`. */
  plug(kind: FakeDeviceKind, label: string): void {
    this.#devices = [...this.#devices, deviceOf(kind, label)];
    this.#tell();
  }

  /** Removes the device with this label, or all of a kind: their tracks end. Fires `devicechange`. Returns their labels. */
  unplug(kind: FakeDeviceKind, label?: string): readonly string[] {
    const isGone = ({ kind: one, label: name }: MediaDeviceInfo) =>
      one === browserKind[kind] && (label === undefined || name === label);
    const unplugged = this.#devices.filter(isGone);
    const gone = new Set(unplugged.map(({ deviceId }) => deviceId));
    this.#devices = this.#devices.filter(({ deviceId }) => !gone.has(deviceId));
    for (const { deviceId, track, media } of this.#captured) {
      if (!gone.has(deviceId)) continue;
      media.stop();
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    this.#captured = this.#captured.filter(({ deviceId }) => !gone.has(deviceId));
    this.#tell();
    return unplugged.map((device) => device.label);
  }

  /** Refuses a kind of device, or the screen, from now on; `undefined` grants it again. */
  refuse(kind: 'camera' | 'microphone' | 'screen', trouble: DeviceTrouble | undefined): void {
    if (trouble === undefined) this.#troubles.delete(kind);
    else this.#troubles.set(kind, trouble);
  }

  /** How loud our own microphone is, 0 to 1. */
  level(): number {
    return this.#isSpeaking ? speakingLevel : quietLevel;
  }

  /** Speaks into our own microphone. */
  speak(isSpeaking: boolean): void {
    this.#isSpeaking = isSpeaking;
    for (const { media } of this.#captured) media.setSpeaking(isSpeaking);
  }

  async enumerateDevices(): Promise<readonly MediaDeviceInfo[]> {
    return this.#devices;
  }

  getSupportedConstraints(): MediaTrackSupportedConstraints {
    return { deviceId: true, width: true, height: true, frameRate: true };
  }

  async getUserMedia({ audio, video }: MediaStreamConstraints): Promise<MediaStream> {
    const kinds = [...(video ? ['camera' as const] : []), ...(audio ? ['microphone' as const] : [])];
    const chosen = kinds.map((kind) => {
      const trouble = this.#troubles.get(kind);
      if (trouble) throw errorOf[trouble]();
      return { kind, device: this.#choose(kind, kind === 'camera' ? video : audio) };
    });
    const captured = chosen.map(({ kind, device }) => this.#capture(kind, device));
    this.#captured = [...this.#captured.filter(({ track }) => track.readyState === 'live'), ...captured];
    return newStream(captured.map(({ track }) => track));
  }

  async getDisplayMedia(): Promise<MediaStream> {
    const trouble = this.#troubles.get('screen');
    if (trouble) throw errorOf[trouble]();
    const media = generateMedia({ name: 'Me', source: 'screen', audio: false, video: true });
    return newStream([media.video].filter((track) => track !== undefined));
  }

  /** Stops what was captured. */
  close(): void {
    for (const { media } of this.#captured) media.stop();
    this.#captured = [];
  }

  #choose(kind: FakeDeviceKind, constraints: boolean | MediaTrackConstraints | undefined): MediaDeviceInfo {
    const present = this.#devices.filter((device) => device.kind === browserKind[kind]);
    const [first] = present;
    if (!first) throw new DOMException('Requested device not found', 'NotFoundError');
    const asked = typeof constraints === 'object' ? constraints.deviceId : undefined;
    const exact = typeof asked === 'object' && !Array.isArray(asked) ? asked.exact : undefined;
    const byId = (id: unknown) => present.find(({ deviceId }) => deviceId === id);
    if (exact !== undefined) {
      const found = byId(exact);
      if (found) return found;
      throw new DOMException('The device is not there', 'OverconstrainedError');
    }
    return byId(typeof asked === 'object' && !Array.isArray(asked) ? asked.ideal : asked) ?? first;
  }

  #capture(kind: 'camera' | 'microphone', { deviceId, label }: MediaDeviceInfo): Captured {
    const isCamera = kind === 'camera';
    const media = generateMedia({ name: 'Me', source: 'camera', audio: !isCamera, video: isCamera });
    const track = isCamera ? media.video : media.audio;
    if (!track) throw new DOMException('Nothing to capture', 'NotReadableError');
    media.setSpeaking(this.#isSpeaking);
    const settings = { ...track.getSettings(), deviceId };
    Object.defineProperties(track, {
      label: { value: label, configurable: true },
      getSettings: { value: () => settings, configurable: true },
    });
    return { kind, deviceId, track, media };
  }

  #tell(): void {
    const event = new Event('devicechange');
    this.ondevicechange?.(event);
    this.dispatchEvent(event);
  }
}

function deviceOf(kind: FakeDeviceKind, label: string): MediaDeviceInfo {
  const deviceId = `fake-${label.toLowerCase().replaceAll(' ', '-')}`;
  const device = { deviceId, groupId: 'fake', kind: browserKind[kind], label };
  return { ...device, toJSON: () => device };
}

/** A stream of the page's own kind. */
function newStream(tracks: readonly MediaStreamTrack[]): MediaStream {
  return typeof MediaStream === 'function'
    ? new MediaStream([...tracks])
    : (new FakePageStream(tracks as never) as unknown as MediaStream);
}
