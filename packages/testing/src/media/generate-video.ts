import { paintPerson, paintScreen, type Scene } from './paint.ts';
import type { MediaSubject } from './stream-media.ts';

const framesPerSecond = 15;

/** A video track that a canvas fills. */
export interface GeneratedVideo {
  readonly track: MediaStreamTrack;
  setActive(isActive: boolean): void;
  setSpeaking(isSpeaking: boolean): void;
  stop(): void;
}

/** Creates a video of the subject; undefined where a canvas cannot be captured. */
export function generateVideo({ name, source }: MediaSubject): GeneratedVideo | undefined {
  const isAble = typeof HTMLCanvasElement === 'function' && 'captureStream' in HTMLCanvasElement.prototype;
  if (!isAble) return undefined;
  const size = source === 'screen' ? { width: 1280, height: 800 } : { width: 960, height: 540 };
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d');
  const [track] = canvas.captureStream(framesPerSecond).getVideoTracks();
  if (!context || !track) return undefined;
  const startedMs = performance.now();
  let isActive = true;
  let isSpeaking = false;
  const paint = () => {
    if (!isActive) return;
    const elapsedMs = performance.now() - startedMs;
    const scene: Scene = { ...size, name, elapsedMs, isSpeaking };
    if (source === 'screen') paintScreen(context, scene);
    else paintPerson(context, scene);
  };
  paint();
  const timer = setInterval(paint, 1000 / framesPerSecond);
  return {
    track,
    setActive: (active) => void (isActive = active),
    setSpeaking: (speaks) => void (isSpeaking = speaks),
    stop: () => clearInterval(timer),
  };
}
