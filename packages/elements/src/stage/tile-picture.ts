import type { ViewedStream } from '@parley-rtc/sdk';
import { attachIfOpen } from '@parley-rtc/sdk/bindings';
import { sizeObserver } from '../base/observe-sizes.ts';
import { fitOf } from '../layout/fit-of.ts';
import { preferences } from '../page/preferences.ts';
import type { Call } from '../stores/call-of.ts';
import type { Tile } from '../stores/tiles-of.ts';

/** How often the blurred picture behind a portrait video is drawn: it only has to fit in. */
const backdropEveryMs = 500;

/** The video of a tile: which stream it shows, and how it fits into its place. */
export class TilePicture {
  readonly #onShape: (aspect: number) => void;
  #video: HTMLVideoElement | undefined;
  #backdrop: HTMLCanvasElement | undefined;
  #view: ViewedStream | undefined;
  #own: MediaStream | undefined;
  #detach: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #kind: Tile['kind'] = 'camera';
  #isMirrored = false;
  #hasPicture = false;
  #isWhole = false;
  #sizes: ResizeObserver | undefined;

  /** `onShape` is called when the video begins, and when its shape or its fit changes. */
  constructor(onShape: (aspect: number) => void) {
    this.#onShape = onShape;
  }

  /** Whether a frame is shown. */
  get hasPicture(): boolean {
    return this.#hasPicture;
  }

  /** Whether the video is shown whole, with something blurred behind it, because cropping would lose too much. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Shows what a tile shows in these elements; nothing without a tile. */
  show(
    video: HTMLVideoElement | undefined,
    backdrop: HTMLCanvasElement | undefined,
    source: { readonly tile: Tile; readonly call: Call } | undefined,
  ): void {
    this.#backdrop = backdrop;
    if (video !== this.#video) this.#useElement(video);
    const { tile, call } = source ?? {};
    const view = tile && call && viewOf(tile, call);
    const own = tile?.isSelf && call ? ownStream(tile, call) : undefined;
    this.#kind = tile?.kind ?? 'camera';
    this.#isMirrored =
      tile?.isSelf === true &&
      tile.kind === 'camera' &&
      preferences.getSnapshot().isMirrored &&
      !facesAway(own);
    if (video && (view !== this.#view || own !== this.#own || !this.#detach)) this.#play(video, view, own);
    if (!video || !source) this.#stop();
    this.#fit();
  }

  #useElement(video: HTMLVideoElement | undefined): void {
    this.#stop();
    this.#sizes?.disconnect();
    this.#video = video;
    this.#hasPicture = false;
    if (!video) return;
    this.#sizes = sizeObserver(video, () => this.#fit());
    this.#sizes?.observe(video);
    // The element ends with the tile, and its listeners with it.
    video.addEventListener('resize', () => this.#fit());
    video.addEventListener('playing', () => this.#awaitFrame(video));
  }

  #play(video: HTMLVideoElement, view: ViewedStream | undefined, own: MediaStream | undefined): void {
    this.#stop();
    this.#view = view;
    this.#own = own;
    if (view) {
      // The element is silent; `parley-audio` plays the sound.
      this.#detach = attachIfOpen(view, video);
      return;
    }
    if (!own) return;
    video.srcObject = own;
    void video.play().catch(() => undefined);
    this.#detach = () => {
      video.srcObject = null;
    };
  }

  #stop(): void {
    this.#detach?.();
    this.#detach = undefined;
    this.#view = undefined;
    this.#own = undefined;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A video that plays may still have no picture: the first frame comes later. */
  #awaitFrame(video: HTMLVideoElement): void {
    const onFrame = (): void => {
      if (video !== this.#video) return;
      const isFirst = !this.#hasPicture;
      this.#hasPicture = true;
      this.#fit(isFirst);
    };
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(onFrame);
    else onFrame();
  }

  #fit(isFirstFrame = false): void {
    const video = this.#video;
    if (!video) return;
    video.toggleAttribute('data-mirrored', this.#isMirrored);
    const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
    if (videoWidth === 0 || clientHeight === 0) return;
    const aspect = videoWidth / videoHeight;
    const fit = this.#kind === 'screen' ? 'contain' : fitOf(aspect, clientWidth / clientHeight);
    const isWhole = fit === 'contain' && this.#kind === 'camera';
    const isNews = isFirstFrame || isWhole !== this.#isWhole || video.dataset['aspect'] !== `${aspect}`;
    video.dataset['fit'] = fit;
    video.dataset['aspect'] = `${aspect}`;
    this.#isWhole = isWhole;
    if (isWhole) this.#timer ??= setInterval(() => this.#drawBackdrop(), backdropEveryMs);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    // Not while the tile renders, which is when this may be called.
    if (isNews) queueMicrotask(() => this.#onShape(aspect));
  }

  #drawBackdrop(): void {
    const canvas = this.#backdrop;
    if (!canvas || !this.#video) return;
    canvas.getContext('2d')?.drawImage(this.#video, 0, 0, canvas.width, canvas.height);
  }
}

function viewOf({ streamId, isSelf }: Tile, { views }: Call): ViewedStream | undefined {
  return isSelf || streamId === undefined ? undefined : views.getSnapshot().views.get(streamId);
}

function ownStream({ kind }: Tile, { ownMedia }: Call): MediaStream | undefined {
  return ownMedia[kind === 'screen' ? 'screen' : 'camera'].getSnapshot().stream?.mediaStream;
}

/** Whether a camera shows what is in front of the user, as on the back of a phone: mirrored, its text could not be read. */
function facesAway(stream: MediaStream | undefined): boolean {
  return stream?.getVideoTracks()[0]?.getSettings().facingMode === 'environment';
}
