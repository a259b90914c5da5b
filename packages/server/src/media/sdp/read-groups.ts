import type { SessionDescription } from 'sdp-transform';
import type { OfferedSection, TransportGroup } from './offer.ts';
import { readFingerprints, readTransport } from './read-transport.ts';
import { sdpText } from './sdp-text.ts';

type ParsedSection = SessionDescription['media'][number];

/** A section as the parser reads it, and as the router does. */
interface SectionPair {
  readonly parsed: ParsedSection;
  readonly section: OfferedSection;
  /** Its lines, for what the parser does not keep. */
  readonly lines: string;
}

/**
 * The transports that an offer proposes. A section belongs to the first BUNDLE group that names it, and a rejected one
 * to none (RFC 9143, section 7.2).
 */
export function readGroups(
  session: SessionDescription,
  sections: readonly OfferedSection[],
  sdp: string,
): readonly TransportGroup[] {
  const [sessionLines = '', ...sectionLines] = sdp.split(/[\r\n]+(?=m=)/);
  const free = new Map<string | symbol, SectionPair>();
  for (const [index, parsed] of session.media.entries()) {
    const section = sections[index];
    if (!section || section.isRejected) continue;
    free.set(section.mid || Symbol('unnamed'), { parsed, section, lines: sectionLines[index] ?? '' });
  }
  const bundles = (session.groups ?? [])
    .filter(({ type }) => type === 'BUNDLE')
    .map(({ mids }) =>
      sdpText(mids)
        .split(' ')
        .flatMap((mid) => {
          const pair = free.get(mid);
          free.delete(mid);
          return pair ?? [];
        }),
    );
  const group = (pairs: readonly SectionPair[], isBundle: boolean) =>
    createGroup(session, sessionLines, pairs, isBundle);
  return [
    ...bundles.flatMap((pairs) => group(pairs, true)),
    ...[...free.values()].flatMap((pair) => group([pair], false)),
  ];
}

/** None if every section is bundle-only, because such a section cannot be the tagged one (RFC 9143, section 7.2.1). */
function createGroup(
  session: SessionDescription,
  sessionLines: string,
  pairs: readonly SectionPair[],
  isBundle: boolean,
): readonly TransportGroup[] {
  const tagged = pairs.find(({ parsed }) => parsed.port !== 0);
  if (!tagged) return [];
  const others = pairs.filter((pair) => pair !== tagged);
  return [
    {
      isBundle,
      sections: [tagged, ...others].map(({ section }) => section),
      readTransport: () => {
        const own = readFingerprints(tagged.lines);
        const fingerprints = own.length > 0 ? own : readFingerprints(sessionLines);
        return readTransport(session, { section: tagged.parsed, fingerprints });
      },
    },
  ];
}
