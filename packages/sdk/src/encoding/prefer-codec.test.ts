import { afterEach, expect, it, vi } from 'vitest';
import { canSend, preferCodec } from './prefer-codec.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const video = ['video/rtx', 'video/H264', 'video/vp9', 'video/VP8'];

/** Makes the browser know these codecs. */
function useCodecs(capabilities: { readonly codecs: readonly { readonly mimeType: string }[] } | null): void {
  vi.stubGlobal('RTCRtpSender', {
    getCapabilities: (kind: string) => (kind === 'video' ? capabilities : null),
  });
}

/** The order of the codecs after `names` were preferred. */
function orderAfter(...names: readonly string[]): readonly string[] | undefined {
  let order: readonly string[] | undefined;
  const transceiver = {
    setCodecPreferences: (codecs: readonly { readonly mimeType: string }[]) => {
      order = codecs.map(({ mimeType }) => mimeType);
    },
  } as unknown as RTCRtpTransceiver;
  preferCodec(transceiver, 'video', ...names);
  return order;
}

it('puts the preferred codecs first, in their order, and keeps the order of the rest', () => {
  useCodecs({ codecs: video.map((mimeType) => ({ mimeType })) });
  expect(orderAfter('VP9', 'VP8')).toEqual(['video/vp9', 'video/VP8', 'video/rtx', 'video/H264']);
  expect(orderAfter('AV1')).toEqual(video);
});

it('knows which codecs the browser can send, whatever their case', () => {
  useCodecs({ codecs: video.map((mimeType) => ({ mimeType })) });
  expect(['VP8', 'VP9', 'h264', 'AV1', '8'].map((name) => canSend('video', name))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it('trusts only VP8 to a browser that does not name its codecs', () => {
  expect(orderAfter('VP9')).toBeUndefined();
  expect([canSend('video', 'VP8'), canSend('video', 'VP9')]).toEqual([true, false]);
  useCodecs(null);
  expect([canSend('video', 'VP8'), canSend('video', 'VP9')]).toEqual([true, false]);
});
