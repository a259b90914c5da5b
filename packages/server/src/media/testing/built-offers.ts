/** One section of a built offer. Absent fields are those of a browser that sends Opus or VP8. */
export interface BuiltSection {
  readonly type?: string;
  /** `null` for a section without `a=mid`. */
  readonly mid?: string | null;
  readonly port?: number;
  readonly protocol?: string;
  readonly direction?: string | null;
  /** Codecs by payload type, such as `96 VP8/90000`, or `0` for a static payload type. */
  readonly codecs?: readonly string[];
  /** Header extensions, such as `1 urn:ietf:params:rtp-hdrext:sdes:mid`. */
  readonly extensions?: readonly string[];
  /** More lines. */
  readonly lines?: readonly string[];
  /** Lines of a usual section to leave out, by their beginning. */
  readonly without?: readonly string[];
}

/** A built offer: its sections, and what stands before them. */
export interface BuiltOffer {
  readonly sections: readonly BuiltSection[];
  /** Values of `a=group`. Default: one BUNDLE group of all sections. */
  readonly groups?: readonly string[];
  /** Lines of the session level. */
  readonly session?: readonly string[];
}

export const builtFingerprint: string = Array.from({ length: 32 }, () => 'AB').join(':');

const usualCodecs: Readonly<Record<string, readonly string[]>> = {
  audio: ['111 opus/48000/2'],
  video: ['96 VP8/90000'],
};

/** Writes the SDP of an offer. */
export function buildOffer({ sections, groups, session = [] }: BuiltOffer): string {
  const mids = sections.map((section, index) => midOf(section, index));
  const allGroups = groups ?? [`BUNDLE ${mids.filter((mid) => mid !== null).join(' ')}`];
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...allGroups.map((group) => `a=group:${group}`),
    ...session,
    ...sections.flatMap((section, index) => sectionLines(section, mids[index] ?? null)),
    '',
  ].join('\r\n');
}

function sectionLines(section: BuiltSection, mid: string | null): string[] {
  const { type = 'audio', port = 9, protocol = 'UDP/TLS/RTP/SAVPF', direction = 'sendrecv' } = section;
  const codecs = section.codecs ?? usualCodecs[type] ?? [];
  const formats =
    type === 'application' ? ['webrtc-datachannel'] : codecs.map((codec) => codec.split(' ')[0]);
  const lines = [
    `a=ice-ufrag:ufrag-${mid ?? 'none'}`,
    `a=ice-pwd:${'p'.repeat(24)}`,
    `a=fingerprint:sha-256 ${builtFingerprint}`,
    'a=setup:actpass',
    'a=rtcp-mux',
  ].filter((line) => !section.without?.some((start) => line.startsWith(start)));
  return [
    `m=${type} ${port} ${protocol} ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    ...(mid === null ? [] : [`a=mid:${mid}`]),
    ...(direction === null ? [] : [`a=${direction}`]),
    ...lines,
    ...codecs.filter((codec) => codec.includes(' ')).map((codec) => `a=rtpmap:${codec}`),
    ...(section.extensions ?? []).map((extension) => `a=extmap:${extension}`),
    ...(section.lines ?? []),
  ];
}

function midOf({ mid }: BuiltSection, index: number): string | null {
  return mid === undefined ? String(index) : mid;
}
