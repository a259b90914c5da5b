import type { FormatParameters } from './format-parameters.ts';

type H264Profile = 'baseline' | 'main' | 'constrained-high' | 'high' | 'high-444';

/** profile_idc with the bits of profile_iop, as RFC 6184 lists them in section 8.1, table 5. */
const profiles: readonly (readonly [idc: number, iop: RegExp, profile: H264Profile])[] = [
  // Constrained Baseline and Baseline count as one: what the latter has beyond the former (slice groups, arbitrary and
  // redundant slices) no browser's encoder uses. Chromium offers 42001f first, and Safari has only 42e01f.
  [0x42, /^....0000$/, 'baseline'],
  [0x4d, /^1...0000$/, 'baseline'],
  [0x58, /^1...0000$/, 'baseline'],
  [0x4d, /^0.0.0000$/, 'main'],
  [0x64, /^00001100$/, 'constrained-high'],
  [0x64, /^00000000$/, 'high'],
  [0xf4, /^00000000$/, 'high-444'],
];

/** Whose streams a decoder of each profile reads. */
const decodes: Readonly<Record<H264Profile, readonly H264Profile[]>> = {
  baseline: ['baseline'],
  main: ['baseline', 'main'],
  'constrained-high': ['baseline', 'constrained-high'],
  high: ['baseline', 'main', 'constrained-high', 'high'],
  'high-444': ['baseline', 'main', 'constrained-high', 'high', 'high-444'],
};

/** What browsers take for an absent profile-level-id: Constrained Baseline, level 3.1. */
const defaultProfileLevelId = '42e01f';
/** Each includes those before it. The interleaved mode (2) is none that WebRTC uses. */
const packetizationModes = ['0', '1'];
const levelOneB = 11;

/**
 * Whether a decoder with the `offered` parameters reads a stream sent under the `published` ones: a profile that includes
 * it, and a packetization mode that is not lower. Levels count only where one side does not allow them to differ.
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
