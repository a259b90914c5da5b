import { replaceProperty } from '../browser/replace-property.ts';

type Kind = 'camera' | 'microphone';
type Trouble = 'unplugged' | 'in-use' | 'denied';

const browserKind = { camera: 'videoinput', microphone: 'audioinput' } as const;

const errorOf: Readonly<Record<Trouble, () => DOMException>> = {
  unplugged: () => new DOMException('Requested device not found', 'NotFoundError'),
  'in-use': () => new DOMException('Could not start the source', 'NotReadableError'),
  denied: () => new DOMException('Permission denied', 'NotAllowedError'),
};

/** The real cameras and microphones of a page, which can be taken away. */
export class PageDevices {
  readonly #devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  readonly #troubles = new Map<Kind, Trouble>();
  #captured: readonly { readonly kind: Kind; readonly track: MediaStreamTrack }[] = [];
  readonly #restores: readonly (() => void)[];

  /** Follows what is captured from now on. */
  constructor() {
    const devices = this.#devices;
    if (!devices) {
      this.#restores = [];
      return;
    }
    const getUserMedia = devices.getUserMedia.bind(devices);
    const enumerateDevices = devices.enumerateDevices.bind(devices);
    this.#restores = [
      replaceProperty(devices, 'getUserMedia', async (constraints: MediaStreamConstraints = {}) => {
        for (const [kind, trouble] of this.#troubles) {
          if (constraints[kind === 'camera' ? 'video' : 'audio']) throw errorOf[trouble]();
        }
        return this.#follow(await getUserMedia(constraints));
      }),
      replaceProperty(devices, 'enumerateDevices', async () => {
        const gone = [...this.#troubles].flatMap(([kind, trouble]): readonly string[] =>
          trouble === 'unplugged' ? [browserKind[kind]] : [],
        );
        return (await enumerateDevices()).filter(({ kind }) => !gone.includes(kind));
      }),
    ];
  }

  /** Takes all devices of a kind away until the returned function is called. */
  trouble(kind: Kind, trouble: Trouble): () => void {
    this.#troubles.set(kind, trouble);
    if (trouble === 'unplugged') this.#unplug(kind);
    return () => {
      if (this.#troubles.get(kind) !== trouble) return;
      this.#troubles.delete(kind);
      if (trouble === 'unplugged') this.#devices?.dispatchEvent(new Event('devicechange'));
    };
  }

  close(): void {
    for (const restore of this.#restores) restore();
  }

  #follow(stream: MediaStream): MediaStream {
    const tracks = stream.getTracks().map((track) => ({
      kind: track.kind === 'video' ? ('camera' as const) : ('microphone' as const),
      track,
    }));
    this.#captured = [...this.#captured.filter(({ track }) => track.readyState === 'live'), ...tracks];
    return stream;
  }

  #unplug(kind: Kind): void {
    for (const { kind: one, track } of this.#captured) {
      if (one !== kind || track.readyState === 'ended') continue;
      track.stop();
      track.dispatchEvent(new Event('ended'));
    }
    this.#devices?.dispatchEvent(new Event('devicechange'));
  }
}
