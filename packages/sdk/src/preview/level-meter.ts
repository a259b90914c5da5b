import { atBoundary, withBoundary } from '@parley-rtc/client';
import { tracksOf } from '../devices/capture.ts';
import { UnsupportedBrowserError } from '../errors/browser-errors.ts';

export interface LevelMeterOptions {
  /** Receives the loudness (root mean square, 0 to 1) every `intervalMs`. */
  readonly onLevel: (level: number) => void;
  /** Interval between measurements, in milliseconds. Default 100. */
  readonly intervalMs?: number;
}

export interface LevelMeter extends Disposable {
  /** The last measured loudness, 0 to 1. */
  readonly level: number;
  /**
   * Whether measuring is running. The browser's autoplay policy may require a user gesture first; then call `resume` from
   * a click handler.
   */
  readonly isRunning: boolean;
  resume(): Promise<void>;
  stop(): void;
}

/**
 * Measures the loudness of a stream, and follows it to another microphone. It listens to a copy of the audio track, so a muted
 * microphone can be measured as long as its device is open; the copy ends with the track, so it keeps no device open. A
 * stream without audio has level 0.
 *
 * @throws UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`) without Web Audio.
 */
export function createLevelMeter(mediaStream: MediaStream, options: LevelMeterOptions): LevelMeter {
  return atBoundary('createLevelMeter', () => startMeter(mediaStream, options));
}

/** The same without a callback, or undefined where the browser cannot measure the stream. */
export function tryLevelMeter(mediaStream: MediaStream): LevelMeter | undefined {
  try {
    return createLevelMeter(mediaStream, { onLevel: () => {} });
  } catch {
    return undefined;
  }
}

function startMeter(mediaStream: MediaStream, { onLevel, intervalMs = 100 }: LevelMeterOptions): LevelMeter {
  if (typeof globalThis.AudioContext !== 'function') throw new UnsupportedBrowserError('AudioContext');
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  let heard: Heard | undefined;
  // A track that the app or Parley stops fires no event, so this looks.
  const follow = () => {
    const track = tracksOf(mediaStream, 'audio').find(({ readyState }) => readyState === 'live');
    if (track === heard?.track) return;
    heard?.stop();
    // A track that cannot be heard is not tried again.
    heard = track && { track, stop: () => {} };
    if (track) heard = hear(track, context, analyser);
  };
  try {
    follow();
  } catch (error) {
    void context.close();
    throw error;
  }
  const samples = new Float32Array(analyser.fftSize);
  let level = 0;
  const timer = setInterval(() => {
    try {
      follow();
    } catch {
      // The browser cannot measure this microphone: its level is 0.
    }
    analyser.getFloatTimeDomainData(samples);
    level = rootMeanSquare(samples);
    onLevel(level);
  }, intervalMs);
  let isStopped = false;
  const stop = () => {
    // Not by the state of the context: Firefox changes that later, and reports a second closing as an error.
    if (isStopped) return;
    isStopped = true;
    clearInterval(timer);
    heard?.stop();
    void context.close();
  };
  return withBoundary<LevelMeter>({
    get level() {
      return level;
    },
    get isRunning() {
      return !isStopped && context.state === 'running';
    },
    resume: () => context.resume(),
    stop,
    [Symbol.dispose]: stop,
  });
}

interface Heard {
  readonly track: MediaStreamTrack;
  readonly stop: () => void;
}

function hear(track: MediaStreamTrack, context: AudioContext, analyser: AnalyserNode): Heard {
  const copy = track.clone();
  copy.enabled = true;
  const source = connect(copy, context, analyser);
  const stop = () => {
    source.disconnect();
    copy.stop();
    track.removeEventListener('ended', stop);
  };
  track.addEventListener('ended', stop);
  return { track, stop };
}

/** Stops the copy where the browser refuses: Firefox needs equal sample rates, for example. */
function connect(copy: MediaStreamTrack, context: AudioContext, analyser: AnalyserNode): AudioNode {
  try {
    const source = context.createMediaStreamSource(new MediaStream([copy]));
    source.connect(analyser);
    return source;
  } catch (error) {
    copy.stop();
    throw error;
  }
}

export function rootMeanSquare(samples: Float32Array): number {
  const sum = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return samples.length === 0 ? 0 : Math.min(1, Math.sqrt(sum / samples.length));
}
