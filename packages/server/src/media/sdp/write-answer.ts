import { randomInt } from 'node:crypto';
import { write } from 'sdp-transform';
import type { SessionDescription } from 'sdp-transform';
import type { AcceptedMedia } from '../accepted-media.ts';
import { pickFormatParameters } from '../codecs/format-parameters.ts';
import { headerExtensions } from '../header-extensions.ts';
import type { LocalTransportParameters } from '../transport/rtp-transport.ts';
import type { Offer, OfferedSection } from './offer.ts';

type AnswerSection = SessionDescription['media'][number];

/** Names the streams we send in an answer to a viewer. */
export interface SentMedia {
  readonly mid: string;
  readonly ssrc: number;
  /** SSRC of retransmissions; absent when the viewer knows none. */
  readonly rtxSsrc?: number;
  readonly cname: string;
  /** Id of the browser's MediaStream; the same for audio and video, so that they play in step. */
  readonly mediaStreamId: string;
  readonly trackId: string;
}

/**
 * The SDP answer: accepted sections carry our transport with all of its candidates, all others are rejected with port 0.
 * `sent` lists what we send; a section that is not in it only receives. `startBitrateBps` is where the encoder of a video that
 * we receive is to begin; browsers other than those made of libwebrtc ignore it.
 */
export function writeAnswer(
  offer: Offer,
  accepted: readonly AcceptedMedia[],
  transport: LocalTransportParameters,
  sent: readonly SentMedia[],
  startBitrateBps?: number,
): string {
  const media = offer.sections.map((section) => {
    const acceptedHere = accepted.find(({ mid }) => mid === section.mid);
    if (!acceptedHere) return rejectedSection(section);
    return {
      ...acceptedSection(section, acceptedHere, startBitrateBps),
      ...transportLines(transport, acceptedHere === accepted[0]),
      ...senderLines(sent.find(({ mid }) => mid === section.mid)),
    };
  });
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
    groups: [{ type: 'BUNDLE', mids: accepted.map(({ mid }) => mid).join(' ') }],
    msidSemantic: { semantic: 'WMS', token: '*' },
    media,
  });
}

function rejectedSection(section: OfferedSection): AnswerSection {
  return {
    type: section.type,
    port: 0,
    protocol: section.protocol,
    payloads: section.formats,
    connection: { version: 4, ip: '0.0.0.0' },
    ...(section.mid !== '' && { mid: section.mid }),
    direction: 'inactive',
    rtp: [],
    fmtp: [],
  };
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
    // First, since the first codec of an answer is what is sent.
    rtp.unshift({ payload: redPayloadType, codec: 'red', rate: codec.clockRate, encoding: codec.channels });
    fmtp.push({ payload: redPayloadType, config: `${payloadType}/${payloadType}` });
  }
  if (rtxPayloadType !== undefined) {
    rtp.push({ payload: rtxPayloadType, codec: 'rtx', rate: codec.clockRate });
    fmtp.push({ payload: rtxPayloadType, config: `apt=${payloadType}` });
  }
  return {
    type: section.type,
    port: 9,
    protocol: section.protocol,
    payloads: rtp.map(({ payload }) => payload).join(' '),
    connection: { version: 4, ip: '0.0.0.0' },
    mid: section.mid,
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
    ext: headerExtensions.flatMap(({ name, uri }) => {
      const value = media.extensionIds[name];
      return value === undefined ? [] : [{ value, uri }];
    }),
  };
}

function transportLines(transport: LocalTransportParameters, hasCandidates: boolean): Partial<AnswerSection> {
  return {
    iceUfrag: transport.iceUfrag,
    icePwd: transport.icePwd,
    fingerprint: { type: transport.fingerprint.algorithm, hash: transport.fingerprint.value },
    setup: 'passive',
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
