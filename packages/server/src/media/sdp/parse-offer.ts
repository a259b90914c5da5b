import { parse, type MediaAttributes, type SessionDescription } from 'sdp-transform';
import { MediaError } from '../media-router.ts';
import type { Direction, Offer, OfferedExtension, OfferedSection } from './offer.ts';
import { readCodecs } from './read-codecs.ts';
import { readGroups } from './read-groups.ts';
import { readRids, readSources } from './read-sources.ts';
import { badOffer, sdpText } from './sdp-text.ts';

type ParsedSection = SessionDescription['media'][number];

/** The same limit as in the API document, for callers other than the API. */
const maxOfferLength = 262_144;

/**
 * Parses an SDP offer into plain objects, in time that grows in proportion to its length.
 * @throws MediaError `bad_offer` when it is not valid SDP
 */
export function parseOffer(sdp: string): Offer {
  const session = readSession(sdp);
  if (session.media.length === 0) throw badOffer('it has no media section (m-line)');
  const sections = session.media.map((section) => readSection(section, session));
  const mids = sections.map(({ mid }) => mid).filter(Boolean);
  if (new Set(mids).size < mids.length) throw badOffer('two of its media sections have the same a=mid');
  return { groups: readGroups(session, sections, sdp), sections };
}

function readSession(sdp: string): SessionDescription {
  if (sdp.length > maxOfferLength) throw badOffer(`it is longer than ${maxOfferLength} characters`);
  if (!/^v=0\s/.test(sdp)) throw badOffer('it does not start with v=0');
  try {
    return parse(sdp);
  } catch (error) {
    throw new MediaError('bad_offer', 'The SDP offer cannot be parsed.', { cause: error });
  }
}

function readSection(section: ParsedSection, session: SessionDescription): OfferedSection {
  return {
    type: sdpText(section.type),
    protocol: sdpText(section.protocol),
    formats: sdpText(section.payloads),
    isRejected: section.port === 0 && section.bundleOnly === undefined,
    mid: sdpText(section.mid),
    direction: readDirection(section.direction ?? session.direction),
    hasRtcpMux: section.rtcpMux !== undefined,
    hasReducedSizeRtcp: section.rtcpRsize !== undefined,
    codecs: readCodecs(section),
    extensions: [...readExtensions(section.ext), ...readExtensions(session.ext)],
    allowsMixedExtensions: (section.extmapAllowMixed ?? session.extmapAllowMixed) !== undefined,
    rids: readRids(section),
    sources: readSources(section),
  };
}

function readExtensions(lines: MediaAttributes['ext'] = []): OfferedExtension[] {
  return lines
    .filter((line) => line['encrypt-uri'] === undefined)
    .map(({ value, uri, direction }) => ({
      id: value,
      uri: sdpText(uri),
      direction: readDirection(direction),
    }));
}

/** Without a direction, a section sends and receives (RFC 8866, section 6.7), and so does an extension. */
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
