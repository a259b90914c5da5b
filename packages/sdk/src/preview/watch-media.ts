import { atBoundary } from '@parley-rtc/client';
import { tracksOf } from '../devices/capture.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import { tryLevelMeter, type LevelMeter } from './level-meter.ts';

/**
 * A possible problem of a published stream: the user speaks into a muted microphone; an unmuted microphone delivers only
 * silence; an unmuted camera delivers no frames.
 */
export type MediaWarning = 'speaking-while-muted' | 'silent-microphone' | 'no-frames';

export interface WatchMediaOptions {
  /** Called when a warning begins or ends. */
  readonly onChange: (warning: MediaWarning, isActive: boolean) => void;
}

/** Audio louder than this counts as speech: -35 dBov. */
const speechLevel = 0.0178;
const lookEveryMs = 100;
const speechMs = 400;
const quietMs = 1_500;
const troubleMs = 3_000;

/** The measurements of a stream at one moment. */
export interface MediaReading {
  readonly level: number;
  readonly isMicrophoneMuted: boolean;
  readonly hasMicrophone: boolean;
  readonly isCameraMuted: boolean;
  /** Undefined without a camera. */
  readonly hasFrames: boolean | undefined;
}

/** Turns readings, one every 100 ms, into warnings. Each begins after a delay; the speech warning also ends after one. */
export function createWarningRules(onChange: WatchMediaOptions['onChange']): (reading: MediaReading) => void {
  const rule = (warning: MediaWarning, beginMs: number, endMs: number) => {
    let isActive = false;
    let differsMs = 0;
    return (isTrue: boolean, isPossible = true) => {
      differsMs = isTrue === isActive ? 0 : differsMs + lookEveryMs;
      const isDue = differsMs >= (isActive ? endMs : beginMs) || (isActive && !isPossible);
      if (isTrue === isActive || !isDue) return;
      isActive = isTrue;
      differsMs = 0;
      onChange(warning, isActive);
    };
  };
  const speaking = rule('speaking-while-muted', speechMs, quietMs);
  const silent = rule('silent-microphone', troubleMs, lookEveryMs);
  const frozen = rule('no-frames', troubleMs, lookEveryMs);
  return ({ level, isMicrophoneMuted, hasMicrophone, isCameraMuted, hasFrames }) => {
    const couldSpeak = hasMicrophone && isMicrophoneMuted;
    speaking(couldSpeak && level > speechLevel, couldSpeak);
    silent(hasMicrophone && !isMicrophoneMuted && level === 0);
    frozen(hasFrames === false && !isCameraMuted);
  };
}

/** Watches a published stream until the returned function is called. Skips audio while Web Audio may not run yet, or cannot. */
export function watchMedia(
  stream: Pick<PublishedStream, 'mediaStream' | 'isMuted'>,
  options: WatchMediaOptions,
): () => void {
  return atBoundary('watchMedia', () => startWatching(stream, options));
}

function startWatching(
  stream: Pick<PublishedStream, 'mediaStream' | 'isMuted'>,
  { onChange }: WatchMediaOptions,
): () => void {
  const { mediaStream } = stream;
  const judge = createWarningRules(onChange);
  const video = document.createElement('video');
  Object.assign(video, { muted: true, playsInline: true });
  video.srcObject = mediaStream;
  void video.play().catch(() => {});
  let lastFrameAtMs = performance.now();
  let isOver = false;
  const onFrame = () => {
    lastFrameAtMs = performance.now();
    if (!isOver) video.requestVideoFrameCallback(onFrame);
  };
  video.requestVideoFrameCallback(onFrame);

  let meter: LevelMeter | undefined;
  let isMeterTried = false;
  const timer = setInterval(() => {
    const [microphone] = tracksOf(mediaStream, 'audio');
    const [camera] = tracksOf(mediaStream, 'video');
    // Only with a microphone: a page may have few audio contexts.
    if (microphone && !isMeterTried) {
      isMeterTried = true;
      // The camera can be watched without one.
      meter = tryLevelMeter(mediaStream);
    }
    judge({
      level: meter?.level ?? 0,
      hasMicrophone: microphone?.readyState === 'live' && (meter?.isRunning ?? false),
      isMicrophoneMuted: stream.isMuted('audio'),
      isCameraMuted: stream.isMuted('video'),
      // A hidden page renders no frames, which says nothing about the camera.
      hasFrames:
        camera &&
        (document.hidden || (!camera.muted && performance.now() - lastFrameAtMs < 2 * lookEveryMs + 1_000)),
    });
  }, lookEveryMs);
  return () => {
    isOver = true;
    clearInterval(timer);
    meter?.stop();
    video.srcObject = null;
  };
}
