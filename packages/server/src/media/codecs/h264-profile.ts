import { parseFormatParameters, type FormatParameters } from './format-parameters.ts';

type H264Profile = 'baseline' | 'main' | 'constrained-high' | 'high' | 'high-444';

/** profile_idc with the bits of profile_iop, from RFC 6184, section 8.1, table 5. */
const profiles: readonly (readonly [idc: number, iop: RegExp, profile: H264Profile])[] = [
  // Constrained Baseline and Baseline count as one: no browser's encoder uses what only Baseline has (slice groups,
  // arbitrary and redundant slices). Chromium offers 42001f first, and Safari has only 42e01f.
  [0x42, /^....0000$/, 'baseline'],
  [0x4d, /^1...0000$/, 'baseline'],
  [0x58, /^1...0000$/, 'baseline'],
  [0x4d, /^0.0.0000$/, 'main'],
  [0x64, /^00001100$/, 'constrained-high'],
  [0x64, /^00000000$/, 'high'],
  [0xf4, /^00000000$/, 'high-444'],
];

/** The profiles that a decoder of each profile can decode. */
const decodes: Readonly<Record<H264Profile, readonly H264Profile[]>> = {
  baseline: ['baseline'],
  main: ['baseline', 'main'],
  'constrained-high': ['baseline', 'constrained-high'],
  high: ['baseline', 'main', 'constrained-high', 'high'],
  'high-444': ['baseline', 'main', 'constrained-high', 'high', 'high-444'],
};

/** The default of browsers for an absent profile-level-id: Constrained Baseline, level 3.1. */
const defaultProfileLevelId = '42e01f';
/** Each mode includes those before it. WebRTC does not use the interleaved mode (2). */
const packetizationModes = ['0', '1'];
const levelOneB = 11;

/**
 * Whether a decoder with the `offered` parameters can decode a stream sent under the `published` ones: its profile
 * must include the stream's, and its packetization mode must not be lower. Levels count only if one side does not
 * allow them to differ.
 */
export function isDecodableH264(published: FormatParameters, offered: FormatParameters): boolean {
  const sent = readProfileLevel(published);
  const read = readProfileLevel(offered);
  if (!sent || !read || !decodes[read.profile].includes(sent.profile)) return false;
  const sentMode = packetizationModes.indexOf(published.get('packetization-mode') ?? '0');
  if (sentMode < 0 || packetizationModes.indexOf(offered.get('packetization-mode') ?? '0') < sentMode)
    return false;
  return (allowsAsymmetry(published) && allowsAsymmetry(offered)) || read.level >= sent.level;
}

/** Level 3.1, which every WebRTC client decodes (RFC 7742, section 6.2). */
const commonLevel = 0x1f;

/**
 * The parameters to agree on with a publisher: one whose level would also bind its viewers
 * (no `level-asymmetry-allowed`) is asked for level 3.1 at most, which an answerer may do (RFC 6184, section 8.2.2).
 */
export function negotiateH264(offered: string): string {
  const parameters = parseFormatParameters(offered);
  const { level = 0 } = readProfileLevel(parameters) ?? {};
  if (allowsAsymmetry(parameters) || level <= commonLevel) return offered;
  return offered.replace(/(profile-level-id *= *[\da-f]{4})[\da-f]{2}/i, `$1${commonLevel.toString(16)}`);
}

function readProfileLevel(parameters: FormatParameters): { profile: H264Profile; level: number } | undefined {
  const text = parameters.get('profile-level-id') ?? defaultProfileLevelId;
  if (!/^[\da-f]{6}$/i.test(text)) return undefined;
  const [idc = 0, iop = 0, levelIdc = 0] = Buffer.from(text, 'hex');
  const bits = iop.toString(2).padStart(8, '0');
  const row = profiles.find(([rowIdc, pattern]) => rowIdc === idc && pattern.test(bits));
  if (!row) return undefined;
  // Level 1b, which lies between 1 and 1.1, is written as 1.1 with a constraint bit.
  const isOneB = levelIdc === levelOneB && (iop & 0x10) !== 0;
  return { profile: row[2], level: isOneB ? 10.5 : levelIdc };
}

function allowsAsymmetry(parameters: FormatParameters): boolean {
  return parameters.get('level-asymmetry-allowed') === '1';
}
