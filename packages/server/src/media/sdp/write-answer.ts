import { randomInt } from 'node:crypto';
import { write, type SessionDescription } from 'sdp-transform';
import type { AcceptedMedia } from '../accepted-media.ts';
import { pickFormatParameters } from '../codecs/format-parameters.ts';
import { headerExtensions } from '../header-extensions.ts';
import type { LocalTransportParameters } from '../transport/rtp-transport.ts';
import { chosenGroup } from './chosen-transport.ts';
import type { Direction, Offer, OfferedSection } from './offer.ts';
import { anywhere, discardPort, rejectedSection, unusedSection } from './unused-section.ts';

type AnswerSection = SessionDescription['media'][number];

/** A browser's own start bitrate (0.3 Mbps in Chromium) is too low for 720p, and would make it start with 180p. */
const usualBps = 1_000_000;
/** Below the sender's cap, because audio and headers come on top. */
const shareOfCap = 0.9;

/** Identifies a stream that the router sends, in the answer to a viewer. */
export interface SentMedia {
  readonly mid: string;
  readonly ssrc: number;
  /** SSRC of retransmissions; absent if the viewer does not support them. */
  readonly rtxSsrc?: number;
  readonly cname: string;
  /** Id of the browser's MediaStream; the same for audio and video, so that they play in sync. */
  readonly mediaStreamId: string;
  readonly trackId: string;
}

/**
 * Writes the SDP answer: accepted sections carry our transport. Other sections of their BUNDLE group are kept without
 * media, because rejecting the tagged section would reject all (RFC 9143, section 7.3.3); the rest is rejected with
 * port 0. `sent` lists what we send; a section that is not in it only receives. `startBitrateBps` is the start bitrate
 * of the publisher's video encoder; only browsers based on libwebrtc honor it.
 */
export function writeAnswer(
  offer: Offer,
  accepted: readonly AcceptedMedia[],
  transport: LocalTransportParameters,
  sent: readonly SentMedia[],
  startBitrateBps?: number,
): string {
  const group = chosenGroup(offer, accepted);
  const members = new Set(group?.sections);
  const [tagged] = members;
  const setup = group?.readTransport().setup === 'passive' ? 'active' : 'passive';
  const answered = new Map<OfferedSection, AnswerSection>();
  const taken = new Map(accepted.map(({ payloadType, codec }) => [payloadType, codec.name]));
  for (const section of members) {
    const media = accepted.find(({ mid, kind }) => mid === section.mid && kind === section.type);
    const written = media
      ? {
          ...acceptedSection(section, media, startBitrateBps),
          ...senderLines(sent.find(({ mid }) => mid === section.mid)),
        }
      : unusedSection(section, taken, section === tagged);
    if (!written) continue;
    const ours = { ...transportLines(transport, section === tagged), setup };
    answered.set(section, { ...written, ...ours });
  }
  const bundle = [...answered.keys()].map(({ mid }) => mid).join(' ');
  return write({
    version: 0,
    origin: {
      username: '-',
      sessionId: String(randomInt(1, 2 ** 47)),
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '127.0.0.1',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    ...(transport.isIceLite && { icelite: 'ice-lite' as const }),
    ...(group?.isBundle && { groups: [{ type: 'BUNDLE', mids: bundle }] }),
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: offer.sections.map((section) => answered.get(section) ?? rejectedSection(section)),
  });
}

function acceptedSection(
  section: OfferedSection,
  media: AcceptedMedia,
  startBitrateBps: number | undefined,
): AnswerSection {
  const { codec, payloadType, rtxPayloadType, redPayloadType } = media;
  const rtp: AnswerSection['rtp'] = [
    {
      payload: payloadType,
      codec: codec.name,
      rate: codec.clockRate,
      ...(codec.channels > 1 && { encoding: codec.channels }),
    },
  ];
  const fmtp: AnswerSection['fmtp'] = [];
  const parameters = [pickFormatParameters(media.formatParameters, codec.answeredParameters)];
  if (media.kind === 'video' && startBitrateBps !== undefined) {
    parameters.push(`x-google-start-bitrate=${Math.round(startBitrateBps / 1_000)}`);
  }
  const config = parameters.filter(Boolean).join(';');
  if (config !== '') fmtp.push({ payload: payloadType, config });
  if (redPayloadType !== undefined) {
    // First, because the sender uses the first codec of an answer.
    rtp.unshift({ payload: redPayloadType, codec: 'red', rate: codec.clockRate, encoding: codec.channels });
    fmtp.push({ payload: redPayloadType, config: `${payloadType}/${payloadType}` });
  }
  if (rtxPayloadType !== undefined) {
    rtp.push({ payload: rtxPayloadType, codec: 'rtx', rate: codec.clockRate });
    fmtp.push({ payload: rtxPayloadType, config: `apt=${payloadType}` });
  }
  return {
    type: section.type,
    port: discardPort,
    protocol: section.protocol,
    payloads: rtp.map(({ payload }) => payload).join(' '),
    connection: anywhere,
    ...(section.mid !== '' && { mid: section.mid }),
    direction: 'recvonly',
    rtcpMux: 'rtcp-mux',
    ...(media.hasReducedSizeRtcp && { rtcpRsize: 'rtcp-rsize' }),
    rtp,
    fmtp,
    rtcpFb: media.feedback.map((message) => {
      const [type = '', subtype] = message.split(' ');
      return { payload: payloadType, type, ...(subtype !== undefined && { subtype }) };
    }),
    ...(media.rids && {
      rids: media.rids.map((id) => ({ id, direction: 'recv' })),
      simulcast: { dir1: 'recv', list1: media.rids.join(';') },
    }),
    ...(media.extensionIds['dependency-descriptor'] !== undefined && {
      extmapAllowMixed: 'extmap-allow-mixed',
    }),
    ext: headerExtensions.flatMap(({ name, uri }) => {
      const value = media.extensionIds[name];
      if (value === undefined) return [];
      const offered = section.extensions.find((one) => one.id === value && one.uri === uri);
      return [{ value, uri, ...mirrored(offered?.direction) }];
    }),
  };
}

/** Our side of a direction; none where both sides send and receive. */
function mirrored(direction: Direction = 'sendrecv'): { readonly direction?: Direction } {
  if (direction === 'sendonly') return { direction: 'recvonly' };
  return direction === 'recvonly' ? { direction: 'sendonly' } : {};
}

function transportLines(transport: LocalTransportParameters, hasCandidates: boolean): Partial<AnswerSection> {
  return {
    iceUfrag: transport.iceUfrag,
    icePwd: transport.icePwd,
    fingerprint: { type: transport.fingerprint.algorithm, hash: transport.fingerprint.value },
    ...(hasCandidates && {
      candidates: transport.candidates.map(({ foundation, priority, address, port }) => ({
        foundation,
        component: 1,
        transport: 'udp',
        priority,
        ip: address,
        port,
        type: 'host',
      })),
      endOfCandidates: 'end-of-candidates',
    }),
  };
}

function senderLines(sent: SentMedia | undefined): Partial<AnswerSection> {
  if (!sent) return {};
  const { ssrc, rtxSsrc, cname } = sent;
  const msid = `${sent.mediaStreamId} ${sent.trackId}`;
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  return {
    direction: 'sendonly',
    msid: [{ id: sent.mediaStreamId, appdata: sent.trackId }],
    ssrcs: ssrcs.flatMap((id) => [
      { id, attribute: 'cname', value: cname },
      { id, attribute: 'msid', value: msid },
    ]),
    ...(rtxSsrc !== undefined && { ssrcGroups: [{ semantics: 'FID', ssrcs: ssrcs.join(' ') }] }),
  };
}

/** The start bitrate of a publisher's encoder, in bits per second. `videoBitrateBps` is its cap; 0 for none. */
export function startBitrateFor(videoBitrateBps: number): number {
  return videoBitrateBps === 0 ? usualBps : Math.min(usualBps, Math.round(videoBitrateBps * shareOfCap));
}
