import type { Limits } from './limits.ts';
import { requireWithin } from './require-within.ts';

/** Refuses an SDP that is too large to parse, without parsing it. */
export function requireBoundedSdp(sdp: string, limits: Limits): void {
  requireWithin(limits, 'sdpBytes', Buffer.byteLength(sdp));
  const lines = sdp.split(/\r\n|\r|\n/);
  requireWithin(limits, 'sdpLines', lines.length);
  let sections = 0;
  let candidates = 0;
  for (const line of lines) {
    requireWithin(limits, 'sdpLineBytes', Buffer.byteLength(line));
    if (line.startsWith('m=')) sections += 1;
    if (line.startsWith('a=candidate:')) candidates += 1;
  }
  requireWithin(limits, 'sdpSections', sections);
  requireWithin(limits, 'candidatesPerConnection', candidates);
}
