import { UnsupportedBrowserError } from '../errors/browser-errors.ts';
import { tracksOf } from '../media/capture.ts';

export interface LevelMeterOptions {
  /** Gets the loudness (root mean square, 0 to 1), about ten times a second. */
  readonly onLevel: (level: number) => void;
  /** Default 100. */
  readonly intervalMs?: number;
}

export interface LevelMeter extends Disposable {
  /** The loudness measured last, 0 to 1. */
  readonly level: number;
  /**
   * Whether the browser measures. It may wait for the user to touch the page first (autoplay policy); then call
   * `resume` from a click.
   */
  readonly isRunning: boolean;
  resume(): Promise<void>;
  stop(): void;
}

/**
 * Measures how loud a stream is, also when its track is disabled elsewhere: it listens to a copy, so that a muted
 * microphone can be measured as long as its device is open.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without Web Audio; for a stream without sound the level is 0.
 */
export function createLevelMeter(
  mediaStream: MediaStream,
  { onLevel, intervalMs = 100 }: LevelMeterOptions,
): LevelMeter {
  if (typeof globalThis.AudioContext !== 'function') throw new UnsupportedBrowserError('AudioContext');
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const copies = tracksOf(mediaStream, 'audio').map((track) => track.clone());
  for (const copy of copies) copy.enabled = true;
  if (copies.length > 0) context.createMediaStreamSource(new MediaStream(copies)).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    level = rootMeanSquare(samples);
    onLevel(level);
  }, intervalMs);
  const stop = () => {
    clearInterval(timer);
    for (const copy of copies) copy.stop();
    if (context.state !== 'closed') void context.close();
  };
  return {
    get level() {
      return level;
    },
    get isRunning() {
      return context.state === 'running';
    },
    resume: () => context.resume(),
    stop,
    [Symbol.dispose]: stop,
  };
}

export function rootMeanSquare(samples: Float32Array): number {
  const sum = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return samples.length === 0 ? 0 : Math.min(1, Math.sqrt(sum / samples.length));
}
