import { parse } from 'sdp-transform';
import { describe, expect, it } from 'vitest';
import type { AcceptedMedia } from '../accepted-media.ts';
import { MediaError } from '../media-router.ts';
import recordings from '../testing/recordings.json' with { type: 'json' };
import { preferring, withoutFormats } from '../testing/test-offers.ts';
import { acceptPublish } from './accept-publish.ts';
import { acceptView } from './accept-view.ts';
import { parseOffer } from './parse-offer.ts';
import { writeAnswer } from './write-answer.ts';

const { chromium, firefox } = recordings;
const transport = {
  iceUfrag: 'ufrag',
  icePwd: 'p'.repeat(22),
  fingerprint: { algorithm: 'sha-256', value: 'AB:CD' },
  candidates: [],
};

function publish(offer: string): readonly AcceptedMedia[] {
  return acceptPublish(parseOffer(offer), 'MIC_AND_CAM');
}

function view(offer: string, published: readonly AcceptedMedia[]): AcceptedMedia | undefined {
  return acceptView(parseOffer(offer), published).find(({ kind }) => kind === 'video');
}

function videoOf(media: readonly AcceptedMedia[]) {
  const video = media.find(({ kind }) => kind === 'video');
  return video && `${video.codec.name} ${video.payloadType} rtx ${video.rtxPayloadType}`;
}

function refusalOf(action: () => unknown): { readonly code: string; readonly message: string } {
  try {
    action();
  } catch (error) {
    if (error instanceof MediaError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

/** The answer's description of the first audio codec. */
function opusLine(offer: string): string | undefined {
  const parsed = parseOffer(offer);
  const answer = writeAnswer(parsed, acceptPublish(parsed, 'MIC'), transport, []);
  return parse(answer).media[0]?.fmtp[0]?.config;
}

function audio(media: readonly AcceptedMedia[]): AcceptedMedia | undefined {
  return media.find(({ kind }) => kind === 'audio');
}

describe('a publisher', () => {
  it.each([
    ['the codec it lists first', chromium.publishOffer, [98], 'VP9 98 rtx 99'],
    ['the same in H.264', chromium.publishOffer, [108], 'H264 108 rtx 109'],
    ['the same in AV1', firefox.publishOffer, [99], 'AV1 99 rtx 100'],
    ['the first that the router knows', chromium.publishOffer, [118, 120, 45], 'AV1 45 rtx 46'],
    ['VP8 where a browser is left alone', chromium.publishOffer, [], 'VP8 96 rtx 97'],
  ])('gets %s', (_what, offer, first, chosen) => {
    expect(videoOf(publish(preferring(offer, ...first)))).toBe(chosen);
  });

  it('skips variants with unknown parameters', () => {
    const offer = preferring(chromium.publishOffer, 108).replaceAll(
      /(a=fmtp:108 .*)profile-level-id=\w+/g,
      '$1profile-level-id=58001f',
    );
    expect(videoOf(publish(offer))).toBe('VP8 96 rtx 97');
  });

  it('is answered with the parameters that identify its format', () => {
    const offer = parseOffer(preferring(chromium.publishOffer, 108));
    const answer = writeAnswer(offer, acceptPublish(offer, 'CAM'), transport, []);
    const fmtp = parse(answer).media[1]?.fmtp;
    expect(fmtp).toContainEqual({
      payload: 108,
      config: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    });
  });

  it('does not get its own receive limits back, which would limit what it sends', () => {
    const offer = parseOffer(firefox.publishOffer);
    expect(firefox.publishOffer).toContain('max-fs=');
    expect(writeAnswer(offer, acceptPublish(offer, 'CAM'), transport, [])).not.toContain('max-fs');
  });

  it('is refused when it offers a kind of media only in unknown codecs, with a list of known ones', () => {
    const offer = withoutFormats(chromium.publishOffer, /VP8|VP9|H264|AV1/);
    const refusal = refusalOf(() => publish(offer));
    expect(refusal.code).toBe('no_common_codec');
    expect(refusal.message).toMatch(/codecs VP8, H264, VP9, AV1; it offers .*ulpfec/);
  });
});

describe('a viewer', () => {
  it.each([
    ['VP9', 98, firefox.viewOffer, 121],
    ['AV1', 45, firefox.viewOffer, 99],
    ['H264', 116, chromium.viewOffer, 116],
    ['H264', 114, chromium.viewOffer, 104],
  ])('gets %s (%i) under its own payload type', (name, published, offer, payloadType) => {
    const media = view(offer, publish(preferring(chromium.publishOffer, published)));
    expect(media).toMatchObject({ codec: { name }, payloadType });
  });

  it('receives the published variant rather than one that includes it', () => {
    const published = publish(preferring(chromium.publishOffer, 108));
    expect(view(preferring(chromium.viewOffer, 116, 108), published)?.payloadType).toBe(108);
    const without = withoutFormats(chromium.viewOffer, /profile-level-id=42/);
    expect(view(without, published)?.payloadType).toBe(116);
  });

  it('is refused when it lacks the video codec, even if it could receive the audio', () => {
    const published = publish(preferring(chromium.publishOffer, 102));
    const refusal = refusalOf(() => view(firefox.viewOffer, published));
    expect(refusal.code).toBe('no_common_codec');
    expect(refusal.message).toBe(
      'The stream carries video in H264 (level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f), ' +
        'which the viewer lacks. Publish it in VP8, which all browsers decode, or view it in a browser with H264. ' +
        'The viewer offers VP8, VP9, AV1.',
    );
  });

  it('is refused when it lacks the profile, with a list of those it offers', () => {
    const published = publish(preferring(chromium.publishOffer, 100));
    const refusal = refusalOf(() => view(withoutFormats(chromium.viewOffer, /profile-id=2/), published));
    expect(refusal.message).toContain('video in VP9 (profile-id=2)');
    expect(refusal.message).toContain('offers VP8, VP9 (profile-id=0), VP9 (profile-id=1)');
  });
});

describe('redundant audio', () => {
  it('is accepted when the publisher prefers it, and comes first in the answer', () => {
    const offer = parseOffer(preferring(chromium.publishOffer, 63));
    const media = acceptPublish(offer, 'MIC');
    expect(media[0]).toMatchObject({ codec: { name: 'opus' }, payloadType: 111, redPayloadType: 63 });
    const section = parse(writeAnswer(offer, media, transport, [])).media[0];
    expect(section?.payloads).toBe('63 111');
    expect(section?.fmtp).toContainEqual({ payload: 63, config: '111/111' });
  });

  it('is not used when Opus comes first, as in a browser’s default order', () => {
    expect(audio(publish(chromium.publishOffer))).not.toHaveProperty('redPayloadType');
  });

  it('is not accepted around a missing codec', () => {
    const offer = preferring(chromium.publishOffer, 63).replace('a=fmtp:63 111/111', 'a=fmtp:63 9/9');
    expect(audio(publish(offer))).not.toHaveProperty('redPayloadType');
  });

  it('goes to viewers that support it, and plain Opus to the rest', () => {
    const published = publish(preferring(chromium.publishOffer, 63));
    const viewed = (offer: string) => audio(acceptView(parseOffer(offer), published));
    expect(viewed(chromium.viewOffer)).toMatchObject({ payloadType: 111, redPayloadType: 63 });
    expect(viewed(firefox.viewOffer)).toMatchObject({ payloadType: 109 });
    expect(viewed(firefox.viewOffer)).not.toHaveProperty('redPayloadType');
    const plain = publish(chromium.publishOffer);
    expect(audio(acceptView(parseOffer(chromium.viewOffer), plain))).not.toHaveProperty('redPayloadType');
  });
});

describe('Opus', () => {
  it('uses in-band FEC and DTX only if offered', () => {
    expect(opusLine(chromium.publishOffer)).toBe('minptime=10;useinbandfec=1');
    expect(opusLine(firefox.publishOffer)).toBe('stereo=1;useinbandfec=1');
    expect(opusLine(chromium.publishOffer.replace('useinbandfec=1', 'useinbandfec=1;usedtx=1'))).toBe(
      'minptime=10;useinbandfec=1;usedtx=1',
    );
    expect(
      opusLine(chromium.publishOffer.replace('minptime=10;useinbandfec=1', 'maxplaybackrate=8000')),
    ).toBe(undefined);
  });
});
