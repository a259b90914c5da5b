import type { IceCandidate } from '@parley-rtc/contract';
import { MediaError } from '../media-router.ts';
import type { RtpTransport } from '../transport/rtp-transport.ts';

export function addCandidates(transport: RtpTransport, candidates: readonly IceCandidate[]): void {
  for (const { candidate } of candidates) {
    if (candidate) transport.addCandidate(candidate);
  }
}

/** A stream may end while a transport opens, which then must not stay open. */
export function assertOpen(isClosed: boolean, transport: RtpTransport): void {
  if (!isClosed) return;
  transport.close();
  throw new MediaError('unknown_stream', 'The stream was unpublished during the call.');
}
