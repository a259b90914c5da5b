import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  aMediaStream,
  aTrack,
  FakeMediaStream,
  FakeTrack,
  fakeTracks,
} from '../../../testing/src/browser/fake-media.ts';
import { createWarningRules, watchMedia, type MediaReading } from './watch-media.ts';

const fine: MediaReading = {
  level: 0.1,
  hasMicrophone: true,
  isMicrophoneMuted: false,
  isCameraMuted: false,
  hasFrames: true,
};

/** Applies each reading for its `forMs`; returns the warnings and their times. */
function warningsOf(
  ...parts: readonly (readonly [forMs: number, reading: Partial<MediaReading>])[]
): string[] {
  const heard: string[] = [];
  let nowMs = 0;
  const judge = createWarningRules((warning, isActive) => {
    heard.push(`${nowMs} ${warning} ${isActive ? 'on' : 'off'}`);
  });
  for (const [forMs, reading] of parts) {
    for (const endMs = nowMs + forMs; nowMs < endMs;) {
      nowMs += 100;
      judge({ ...fine, ...reading });
    }
  }
  return heard;
}

describe('a warning', () => {
  const speaks = { isMicrophoneMuted: true, level: 0.1 };
  const quiet = { isMicrophoneMuted: true, level: 0.001 };

  it('reports speaking while muted after 400 ms, and tolerates pauses in speech', () => {
    expect(warningsOf([1000, speaks], [1000, quiet], [500, speaks], [2000, quiet])).toEqual([
      '400 speaking-while-muted on',
      '4000 speaking-while-muted off',
    ]);
  });

  it.each([
    [0.0179, ['400 speaking-while-muted on']],
    [0.0178, []],
  ])('takes what is louder than -35 dBov for speech (%d)', (level, expected) => {
    expect(warningsOf([500, { isMicrophoneMuted: true, level }])).toEqual(expected);
  });

  it('does not take for speech what no microphone measures', () => {
    expect(warningsOf([500, { ...speaks, hasMicrophone: false }])).toEqual([]);
  });

  it('ends when the microphone ends, the microphone is muted or the camera is muted', () => {
    expect(warningsOf([500, speaks], [100, { ...speaks, hasMicrophone: false }]).at(-1)).toBe(
      '600 speaking-while-muted off',
    );
    expect(warningsOf([3000, { level: 0 }], [100, { level: 0, isMicrophoneMuted: true }]).at(-1)).toBe(
      '3100 silent-microphone off',
    );
    expect(
      warningsOf([3000, { hasFrames: false }], [100, { hasFrames: false, isCameraMuted: true }]).at(-1),
    ).toBe('3100 no-frames off');
  });

  it('begins again after its whole delay', () => {
    expect(warningsOf([500, speaks], [100, {}], [400, speaks])).toEqual([
      '400 speaking-while-muted on',
      '600 speaking-while-muted off',
      '1000 speaking-while-muted on',
    ]);
    expect(warningsOf([2900, { level: 0 }], [100, {}], [2900, { level: 0 }])).toEqual([]);
  });

  it('ends within 100 ms of unmuting', () => {
    expect(warningsOf([500, speaks], [500, {}])).toEqual([
      '400 speaking-while-muted on',
      '600 speaking-while-muted off',
    ]);
  });

  it('ignores a cough', () => {
    expect(warningsOf([300, speaks], [500, quiet], [300, speaks], [500, quiet])).toEqual([]);
  });

  it('reports a microphone that delivers only zeros, unless it is muted or not measured', () => {
    expect(warningsOf([4000, { level: 0 }], [100, { level: 0.000_01 }])).toEqual([
      '3000 silent-microphone on',
      '4100 silent-microphone off',
    ]);
    expect(warningsOf([4000, { level: 0, isMicrophoneMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { level: 0, hasMicrophone: false }])).toEqual([]);
  });

  it('reports a camera without frames, unless it is muted or there is no camera', () => {
    expect(warningsOf([4000, { hasFrames: false }], [100, {}])).toEqual([
      '3000 no-frames on',
      '4100 no-frames off',
    ]);
    expect(warningsOf([4000, { hasFrames: false, isCameraMuted: true }])).toEqual([]);
    expect(warningsOf([4000, { hasFrames: undefined }])).toEqual([]);
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The element that renders the camera. */
let video: {
  srcObject: MediaStream | null;
  play: () => Promise<void>;
  requestVideoFrameCallback: (callback: () => void) => void;
};
/** Calls what waits for the next frame. */
let onFrame: (() => void) | undefined;

/** Shows one frame, and waits for another only if asked to. */
function showFrame(): void {
  const show = onFrame;
  onFrame = undefined;
  show?.();
}

const document = { hidden: false, createElement: () => video };
/** What the microphone hears, and whether the browser allows to measure it. */
let heardLevel: number;
let contextState: 'running' | 'suspended' | 'closed';
const contexts = vi.fn<() => void>();

describe('a watched stream', () => {
  let warnings: string[];
  const muted = new Set<string>();

  beforeEach(() => {
    vi.useFakeTimers();
    onFrame = undefined;
    heardLevel = 0.1;
    contextState = 'running';
    warnings = [];
    muted.clear();
    document.hidden = false;
    video = {
      srcObject: null,
      play: () => Promise.reject(new DOMException('no', 'NotAllowedError')),
      requestVideoFrameCallback: (callback) => void (onFrame = callback),
    };
    contexts.mockReset();
    vi.stubGlobal('document', document);
    vi.stubGlobal('MediaStream', FakeMediaStream);
    vi.stubGlobal('AudioContext', function AudioContext() {
      contexts();
      return {
        get state() {
          return contextState;
        },
        createAnalyser: () => ({
          fftSize: 0,
          getFloatTimeDomainData: (samples: Float32Array) => void samples.fill(heardLevel),
        }),
        createMediaStreamSource: () => ({ connect: () => {}, disconnect: () => {} }),
        close: async () => void (contextState = 'closed'),
      };
    });
    Object.assign(FakeTrack.prototype, { clone: () => aTrack('audio') });
  });

  afterEach(() => {
    Reflect.deleteProperty(FakeTrack.prototype, 'clone');
  });

  const watch = (mediaStream: MediaStream) =>
    watchMedia(
      { mediaStream, isMuted: (kind) => muted.has(kind) },
      { onChange: (warning, isActive) => warnings.push(`${warning} ${isActive}`) },
    );

  it('shows its media in a silent element of its own, until it is no longer watched', () => {
    const mediaStream = aMediaStream('video');
    const stop = watch(mediaStream);
    expect(video).toMatchObject({ muted: true, playsInline: true });
    expect(video.srcObject).toBe(mediaStream);
    showFrame();
    expect(onFrame).toBeDefined();
    stop();
    expect(video.srcObject).toBeNull();
    showFrame();
    expect(onFrame).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('warns of a camera that has delivered no frame for 1.2 s, after 3 s', () => {
    const stop = watch(aMediaStream('video'));
    vi.advanceTimersByTime(1_000);
    onFrame?.();
    vi.advanceTimersByTime(1_200 + 2_800);
    expect(warnings).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(warnings).toEqual(['no-frames true']);
    onFrame?.();
    vi.advanceTimersByTime(100);
    expect(warnings).toEqual(['no-frames true', 'no-frames false']);
    stop();
  });

  it('warns of a camera that the system mutes, but not of one that the user muted or in a hidden page', () => {
    const mediaStream = aMediaStream('video');
    const stop = watch(mediaStream);
    const frames = setInterval(() => onFrame?.(), 50);
    const [camera] = fakeTracks(mediaStream);
    if (camera) camera.muted = true;
    vi.advanceTimersByTime(3_000);
    expect(warnings).toEqual(['no-frames true']);
    document.hidden = true;
    vi.advanceTimersByTime(10_000);
    expect(warnings).toEqual(['no-frames true', 'no-frames false']);
    document.hidden = false;
    muted.add('video');
    vi.advanceTimersByTime(10_000);
    expect(warnings).toHaveLength(2);
    clearInterval(frames);
    stop();
  });

  it('warns of a user who speaks while muted, and of a microphone that delivers only zeros', () => {
    muted.add('audio');
    const stop = watch(aMediaStream('audio'));
    vi.advanceTimersByTime(600);
    expect(warnings).toEqual(['speaking-while-muted true']);
    muted.clear();
    heardLevel = 0;
    vi.advanceTimersByTime(3_300);
    expect(warnings.slice(1)).toEqual(['speaking-while-muted false', 'silent-microphone true']);
    expect(contexts).toHaveBeenCalledOnce();
    stop();
    expect(contextState).toBe('closed');
    vi.advanceTimersByTime(10_000);
    expect(warnings).toHaveLength(3);
  });

  it.each([
    ['the browser may not measure it yet', () => void (contextState = 'suspended')],
    ['it has ended', (mediaStream: MediaStream) => fakeTracks(mediaStream)[0]?.stop()],
  ])('says nothing about a microphone while %s', (_why, act) => {
    heardLevel = 0;
    const mediaStream = aMediaStream('audio');
    const stop = watch(mediaStream);
    act(mediaStream);
    vi.advanceTimersByTime(10_000);
    expect(warnings).toEqual([]);
    stop();
  });

  it('opens no audio context without a microphone', () => {
    const stop = watch(aMediaStream('video'));
    vi.advanceTimersByTime(1_000);
    expect(contexts).not.toHaveBeenCalled();
    stop();
  });

  it('is watched where the browser has no audio context to give', () => {
    contexts.mockImplementation(() => {
      throw new DOMException('too many', 'NotSupportedError');
    });
    const stop = watch(aMediaStream('audio', 'video'));
    vi.advanceTimersByTime(5_000);
    expect(warnings).toEqual(['no-frames true']);
    expect(contexts).toHaveBeenCalledOnce();
    stop();
  });
});
