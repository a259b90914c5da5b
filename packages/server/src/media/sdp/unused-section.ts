import type { SessionDescription } from 'sdp-transform';
import { codecs } from '../codecs/codecs.ts';
import type { OfferedCodec, OfferedSection } from './offer.ts';

type AnswerSection = SessionDescription['media'][number];

/** Formats that only accompany a codec. */
const auxiliary = /^(rtx|red|ulpfec|flexfec.*|telephone-event|cn)$/i;

/** Port 9 is "discard": the transport is that of the bundle. */
export const discardPort = 9;
export const anywhere = { version: 4, ip: '0.0.0.0' } as const;

/**
 * The answer to a section of our bundle that carries nothing: inactive, with one offered codec, because some clients
 * refuse an answer without one. Undefined if the section must be rejected instead: a data channel that is not the
 * tagged section, or an unknown kind. `taken` holds the codecs of the bundle by payload type.
 */
export function unusedSection(
  section: OfferedSection,
  taken: ReadonlyMap<number, string>,
  isTagged: boolean,
): AnswerSection | undefined {
  const { type, mid } = section;
  const common = { type, port: discardPort, protocol: section.protocol, connection: anywhere, mid };
  if (type === 'audio' || type === 'video') {
    const codec = chooseCodec(section, taken);
    if (!codec) return undefined;
    return {
      ...common,
      payloads: String(codec.payloadType),
      direction: 'inactive',
      rtcpMux: 'rtcp-mux',
      rtp: [
        {
          payload: codec.payloadType,
          codec: codec.name,
          rate: codec.clockRate,
          ...(codec.channels !== undefined && { encoding: codec.channels }),
        },
      ],
      fmtp:
        codec.formatParameters === '' ? [] : [{ payload: codec.payloadType, config: codec.formatParameters }],
    };
  }
  if (type !== 'application' || !isTagged) return undefined;
  return { ...common, payloads: section.formats, rtp: [], fmtp: [], sctpPort: 5_000 };
}

/** Rejects a section (RFC 3264, section 6). */
export function rejectedSection({ type, protocol, formats, mid }: OfferedSection): AnswerSection {
  return {
    type,
    port: 0,
    protocol,
    payloads: formats,
    connection: anywhere,
    ...(mid !== '' && { mid }),
    direction: 'inactive',
    rtp: [],
    fmtp: [],
  };
}

/** A codec that the router knows, if there is one, with a payload type that means nothing else in the bundle. */
function chooseCodec(
  { codecs: offered }: OfferedSection,
  taken: ReadonlyMap<number, string>,
): OfferedCodec | undefined {
  const usable = offered.filter(
    ({ name, payloadType }) =>
      !auxiliary.test(name) && (taken.get(payloadType) ?? name).toLowerCase() === name.toLowerCase(),
  );
  const known = new Set(codecs.map(({ name }) => name.toLowerCase()));
  return usable.find(({ name }) => known.has(name.toLowerCase())) ?? usable[0];
}
