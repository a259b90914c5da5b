import type { MediaDescription } from 'sdp-transform';
import { codecs } from '../codecs/codecs.ts';
import type { OfferedCodec } from './offer.ts';
import { sdpText } from './sdp-text.ts';

/** RTP numbers payload types from 0 to 127, so a section has at most 128 codecs, however many lines an offer repeats. */
const payloadTypeCount = 128;

/** Feedback that no codec uses is dropped: one line with `*` otherwise multiplies with every codec. */
const knownFeedback: ReadonlySet<string> = new Set(codecs.flatMap(({ feedback }) => feedback));

/** Payload types that need no `a=rtpmap` (RFC 3551, section 6); a refusal names them. */
const staticCodecs: ReadonlyMap<number, { readonly codec: string; readonly rate: number }> = new Map([
  [0, { codec: 'PCMU', rate: 8_000 }],
  [8, { codec: 'PCMA', rate: 8_000 }],
  [9, { codec: 'G722', rate: 8_000 }],
]);

/** The codecs of a section, in the order of its m-line. */
export function readCodecs(section: MediaDescription & { readonly payloads?: string }): OfferedCodec[] {
  const rows = firstByPayload(section.rtp);
  const parameters = firstByPayload(section.fmtp);
  const feedback = readFeedback(section);
  const listed = new Set(sdpText(section.payloads).split(' ').filter(Boolean).map(Number));
  return [...listed].filter(isPayloadType).flatMap((payloadType) => {
    const row = rows.get(payloadType) ?? staticCodecs.get(payloadType);
    if (!row) return [];
    const messages = new Set([...(feedback.get(payloadType) ?? []), ...(feedback.get('*') ?? [])]);
    return {
      payloadType,
      name: sdpText(row.codec),
      clockRate: Number(row.rate) || 0,
      channels: Number('encoding' in row ? row.encoding : 0) || undefined,
      formatParameters: sdpText(parameters.get(payloadType)?.config),
      feedback: [...messages],
    };
  });
}

function isPayloadType(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < payloadTypeCount;
}

/** Of several lines for one payload type, the first counts. */
function firstByPayload<Row extends { readonly payload: number }>(
  rows: readonly Row[] = [],
): ReadonlyMap<number, Row> {
  const first = new Map<number, Row>();
  for (const row of rows) if (!first.has(row.payload)) first.set(row.payload, row);
  return first;
}

/** The feedback that this router knows, by payload type; `*` applies to all of them. */
function readFeedback(section: MediaDescription): ReadonlyMap<number | '*', ReadonlySet<string>> {
  const feedback = new Map<number | '*', Set<string>>();
  for (const { payload, type, subtype } of section.rtcpFb ?? []) {
    const key = sdpText(payload) === '*' ? '*' : Number(payload);
    const message = [type, subtype].filter(Boolean).map(sdpText).join(' ');
    if (!knownFeedback.has(message)) continue;
    feedback.set(key, (feedback.get(key) ?? new Set()).add(message));
  }
  return feedback;
}
