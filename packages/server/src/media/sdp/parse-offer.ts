import { parse } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { MediaError } from '../media-router.ts';
import type { Fingerprint, RemoteTransportParameters } from '../transport/rtp-transport.ts';
import type { Direction, Offer, OfferedCodec, OfferedSection } from './offer.ts';

type ParsedSection = SessionDescription['media'][number];

const maxOfferLength = 200_000;
const maxSections = 32;

/**
 * Reads an SDP offer into plain objects.
 * @throws MediaError `bad_offer` when it is no SDP, or lacks what a WebRTC offer must have
 */
export function parseOffer(sdp: string): Offer {
  const session = readSession(sdp);
  if (session.media.length === 0) throw badOffer('it has no media section (m-line)');
  if (session.media.length > maxSections) throw badOffer(`it has more than ${maxSections} media sections`);

  const bundle = session.groups?.find((group) => group.type === 'BUNDLE');
  const bundledMids = bundle ? text(bundle.mids).split(' ').filter(Boolean) : [];
  const sections = session.media.map(readSection);
  const mids = sections.map(({ mid }) => mid).filter(Boolean);
  if (new Set(mids).size < mids.length) throw badOffer('two of its media sections have the same a=mid');

  const carrier = findTransportSection(session.media, bundledMids);
  return { transport: readTransport(session, carrier), bundledMids, sections };
}

function readSession(sdp: string): SessionDescription {
  if (sdp.length > maxOfferLength) throw badOffer(`it is longer than ${maxOfferLength} characters`);
  if (!/^v=0\s/.test(sdp)) throw badOffer('it does not start with v=0');
  try {
    return parse(sdp);
  } catch (error) {
    throw new MediaError('bad_offer', 'The SDP offer cannot be read.', { cause: error });
  }
}

/** Bundled sections share the transport of the first of them that is in use. */
function findTransportSection(
  media: readonly ParsedSection[],
  bundledMids: readonly string[],
): ParsedSection | undefined {
  const inUse = media.filter((section) => section.port !== 0);
  return inUse.find((section) => bundledMids.includes(text(section.mid))) ?? inUse[0];
}

function readTransport(
  session: SessionDescription,
  section: ParsedSection | undefined,
): RemoteTransportParameters {
  const iceUfrag = text(section?.iceUfrag ?? session.iceUfrag);
  const icePwd = text(section?.icePwd ?? session.icePwd);
  if (!/^[\w+/-]{4,256}$/.test(iceUfrag)) throw badOffer('it has no valid a=ice-ufrag');
  if (!/^[\w+/-]{22,256}$/.test(icePwd)) throw badOffer('it has no valid a=ice-pwd');

  const setup = text(section?.setup ?? session.setup ?? 'actpass');
  if (setup !== 'actpass' && setup !== 'active') {
    throw badOffer(`its a=setup is "${setup}", but an offer must say actpass or active`);
  }
  return {
    iceUfrag,
    icePwd,
    fingerprint: readFingerprint(section?.fingerprint ?? session.fingerprint),
    candidates: (section?.candidates ?? [])
      .filter((candidate) => text(candidate.transport).toLowerCase() === 'udp')
      .map(
        (candidate) =>
          `candidate:${candidate.foundation} ${candidate.component} UDP ${candidate.priority} ` +
          `${candidate.ip} ${candidate.port} typ ${candidate.type}`,
      ),
  };
}

function readFingerprint(fingerprint: MediaDescription['fingerprint']): Fingerprint {
  const algorithm = text(fingerprint?.type).toLowerCase();
  const value = text(fingerprint?.hash).toUpperCase();
  if (!/^sha-(1|224|256|384|512)$/.test(algorithm) || !/^[\dA-F]{2}(:[\dA-F]{2}){19,63}$/.test(value)) {
    throw badOffer('it has no valid a=fingerprint');
  }
  return { algorithm, value };
}

function readSection(section: ParsedSection): OfferedSection {
  return {
    type: text(section.type),
    protocol: text(section.protocol),
    formats: text(section.payloads),
    port: section.port,
    mid: text(section.mid),
    direction: readDirection(section.direction),
    hasRtcpMux: section.rtcpMux !== undefined,
    hasReducedSizeRtcp: section.rtcpRsize !== undefined,
    codecs: readCodecs(section),
    extensions: (section.ext ?? []).map(({ value, uri }) => ({ id: value, uri: text(uri) })),
    rids: readLayers(section),
  };
}

/**
 * The rids of `a=simulcast:send`, in its order (RFC 8853, section 5.1). Of alternatives the first counts, and a layer that
 * starts paused (`~`) is a layer.
 */
function readLayers(section: ParsedSection): string[] {
  const { simulcast } = section;
  const lists = [
    { direction: simulcast?.dir1, list: simulcast?.list1 },
    { direction: simulcast?.dir2, list: simulcast?.list2 },
  ];
  const sent = text(lists.find(({ direction }) => direction === 'send')?.list);
  const declared = (section.rids ?? []).filter((rid) => rid.direction === 'send').map((rid) => text(rid.id));
  return sent
    .split(';')
    .map((layer) => (layer.split(',')[0] ?? '').replace(/^~/, ''))
    .filter((rid) => declared.includes(rid));
}

/** A section without a direction sends and receives (RFC 8866, section 6.7). */
function readDirection(direction: string | undefined): Direction {
  switch (direction) {
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      return direction;
    default:
      return 'sendrecv';
  }
}

function readCodecs(section: ParsedSection): OfferedCodec[] {
  const listed = text(section.payloads).split(' ').map(Number);
  return (section.rtp ?? [])
    .filter((row) => listed.includes(row.payload))
    .toSorted((a, b) => listed.indexOf(a.payload) - listed.indexOf(b.payload))
    .map((row) => ({
      payloadType: row.payload,
      name: text(row.codec),
      clockRate: Number(row.rate) || 0,
      channels: Number(row.encoding) || 1,
      formatParameters: text(section.fmtp?.find((fmtp) => fmtp.payload === row.payload)?.config),
      feedback: (section.rtcpFb ?? [])
        .filter((line) => text(line.payload) === '*' || Number(line.payload) === row.payload)
        .map((line) => [line.type, line.subtype].filter(Boolean).map(text).join(' ')),
    }));
}

/** The parser turns some values into numbers and leaves absent ones out; here all become text. */
function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function badOffer(reason: string): MediaError {
  return new MediaError('bad_offer', `The SDP offer cannot be used: ${reason}.`);
}
