import { afterEach, expect, it, vi } from 'vitest';
import { planVideo } from './video-plan.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Makes the browser able to send these codecs. */
function useCodecs(...names: readonly string[]): void {
  const codecs = names.map((name) => ({ mimeType: `video/${name}` }));
  vi.stubGlobal('RTCRtpSender', {
    getCapabilities: (kind: string) => (kind === 'video' ? { codecs } : null),
  });
}

it('plans a camera as VP8 in several sizes, without a limit', () => {
  const plan = planVideo('CAM', {});
  expect(plan).toMatchObject({
    codec: 'VP8',
    isScreen: false,
    maxBitrateBps: 0,
    degradationPreference: 'maintain-framerate',
  });
  expect(plan.encodings()).toHaveLength(3);
});

it('plans a screen to stay sharp', () => {
  expect(planVideo('SCREEN', {})).toMatchObject({
    isScreen: true,
    degradationPreference: 'maintain-resolution',
  });
});

it('follows the options of the app', () => {
  const options = { videoBitrateBps: 400_000, degradationPreference: 'balanced', simulcast: false } as const;
  const plan = planVideo('CAM', options);
  expect(plan).toMatchObject({ maxBitrateBps: 400_000, degradationPreference: 'balanced' });
  expect(plan.encodings()).toMatchObject([{ maxBitrate: 400_000 }]);
  plan.maxBitrateBps = 200_000;
  expect(plan.encodings()).toMatchObject([{ maxBitrate: 200_000 }]);
});

it('sends another codec in one size, unless the app asks for several', () => {
  useCodecs('VP8', 'VP9');
  expect(planVideo('CAM', { codec: 'VP9' }).codec).toBe('VP9');
  expect(planVideo('CAM', { codec: 'VP9' }).encodings()).toHaveLength(1);
  expect(planVideo('CAM', { codec: 'VP9', simulcast: true }).encodings()).toHaveLength(3);
});

it('sends VP8 in several sizes where the browser cannot send the preferred codec', () => {
  useCodecs('VP8');
  const plan = planVideo('CAM', { codec: 'AV1' });
  expect(plan.codec).toBe('VP8');
  expect(plan.encodings()).toHaveLength(3);
});

it.each([
  ['a camera', 'CAM', {}, 30],
  ['a screen', 'SCREEN', {}, 15],
  ['a camera with a rate of 0', 'CAM', { frameRate: 0 }, 30],
  ['a rate with a fraction', 'CAM', { frameRate: 23.976 }, 24],
] as const)('encodes %s as 1280 by 720 while its size is unknown', (_what, type, size, maxFramerate) => {
  const unknown = planVideo(type, { simulcast: false });
  unknown.size = size;
  const known = planVideo(type, { simulcast: false });
  known.size = { width: 1280, height: 720, frameRate: maxFramerate };
  expect(unknown.encodings()).toEqual(known.encodings());
  expect(unknown.encodings()).toMatchObject([{ maxFramerate }]);
});
