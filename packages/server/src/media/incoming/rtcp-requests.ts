import { buildNack, buildPictureLoss } from '../wire/build-rtcp.ts';
import { KeyFrameRequester } from './key-frame-requester.ts';
import type { SourceStreamOptions } from './source-stream.ts';

/** Requests to the sender of a stream by RTCP: for missing packets, and for key frames. `ownSsrc` identifies this router. */
export function rtcpRequests(
  ownSsrc: number,
  ssrc: number,
  send: (packet: Uint8Array) => boolean,
): Required<Pick<SourceStreamOptions, 'keyFrames' | 'sendNack'>> {
  return {
    sendNack: (numbers) => void send(buildNack(ownSsrc, ssrc, numbers)),
    keyFrames: new KeyFrameRequester(() => send(buildPictureLoss(ownSsrc, ssrc))),
  };
}
