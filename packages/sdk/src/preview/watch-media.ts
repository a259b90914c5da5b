import type { PublishedStream } from '../media/published-stream.ts';
import { tracksOf } from '../media/capture.ts';
import { createLevelMeter } from './level-meter.ts';

/**
 * What may be wrong with what is sent: somebody speaks into a microphone that is muted; a microphone that is not muted
 * gives nothing but zeros; a camera that is not muted gives no pictures.
 */
export type MediaWarning = 'speaking-while-muted' | 'silent-microphone' | 'no-frames';

export interface WatchMediaOptions {
  /** A warning began or ended. */
  readonly onChange: (warning: MediaWarning, isActive: boolean) => void;
}

/** Louder than this is speech: -35 dBov. */
const speechLevel = 0.0178;
const lookEveryMs = 100;
const speechMs = 400;
const quietMs = 1_500;
const troubleMs = 3_000;

/** What is known about a stream at one moment. */
export interface MediaReading {
  readonly level: number;
  readonly isMicrophoneMuted: boolean;
  readonly hasMicrophone: boolean;
  readonly isCameraMuted: boolean;
  /** Undefined without a camera. */
  readonly hasFrames: boolean | undefined;
}

/** Turns readings, taken every `intervalMs`, into warnings: each needs its time to begin, speech also to end. */
export function createWarningRules(
  onChange: WatchMediaOptions['onChange'],
  intervalMs: number = lookEveryMs,
): (reading: MediaReading) => void {
  const rule = (warning: MediaWarning, beginMs: number, endMs: number) => {
    let isActive = false;
    let differsMs = 0;
    return (isTrue: boolean, isPossible: boolean) => {
      differsMs = isTrue === isActive ? 0 : differsMs + intervalMs;
      const isDue = differsMs >= (isActive ? endMs : beginMs) || (isActive && !isPossible);
      if (isTrue === isActive || !isDue) return;
      isActive = isTrue;
      differsMs = 0;
      onChange(warning, isActive);
    };
  };
  const speaking = rule('speaking-while-muted', speechMs, quietMs);
  const silent = rule('silent-microphone', troubleMs, 0);
  const frozen = rule('no-frames', troubleMs, 0);
  return ({ level, isMicrophoneMuted, hasMicrophone, isCameraMuted, hasFrames }) => {
    const couldSpeak = hasMicrophone && isMicrophoneMuted;
    speaking(couldSpeak && level > speechLevel, couldSpeak);
    silent(hasMicrophone && !isMicrophoneMuted && level === 0, hasMicrophone && !isMicrophoneMuted);
    frozen(hasFrames === false && !isCameraMuted, !isCameraMuted);
  };
}

/** Watches a stream of ours until the returned function is called. Where Web Audio may not run yet, only pictures. */
export function watchMedia(
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

  let listenedTo: MediaStreamTrack | undefined;
  let meter: ReturnType<typeof createLevelMeter> | undefined;
  const timer = setInterval(() => {
    const [microphone] = tracksOf(mediaStream, 'audio');
    const [camera] = tracksOf(mediaStream, 'video');
    if (microphone !== listenedTo) {
      meter?.stop();
      listenedTo = microphone;
      meter = microphone && createLevelMeter(mediaStream, { onLevel: () => {} });
    }
    judge({
      level: meter?.level ?? 0,
      hasMicrophone: meter?.isRunning ?? false,
      isMicrophoneMuted: stream.isMuted('audio'),
      isCameraMuted: stream.isMuted('video'),
      // A page that is hidden shows no pictures, which says nothing about the camera.
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
