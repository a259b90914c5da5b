import { readFileSync } from 'node:fs';
import { parse } from 'sdp-transform';
import type { NativePeer } from '../../src/media/testing/native-peer.ts';
import { withTransport } from '../../src/media/testing/test-offers.ts';
import type { PublishedFormat } from './load-publisher.ts';
import type { ViewedFormat } from './load-viewer.ts';

interface Recordings {
  readonly chromium: Readonly<Record<'publishOffer' | 'viewOffer' | 'simulcastOffer', string>>;
}

const { chromium } = JSON.parse(
  readFileSync(new URL('../../src/media/testing/recordings.json', import.meta.url), 'utf8'),
) as Recordings;

const transportCc = 'transport-wide-cc-extensions-01';
const absSendTime = 'abs-send-time';

/** The offer of a browser that publishes, over the peer's transport. */
export function publishOffer(peer: NativePeer, isSimulcast: boolean): string {
  return withTransport(isSimulcast ? chromium.simulcastOffer : chromium.publishOffer, peer.parameters);
}

/** The offer of a browser that views. */
export function viewOffer(peer: NativePeer, hasFeedback: boolean): string {
  const offer = withTransport(chromium.viewOffer, peer.parameters);
  return hasFeedback ? offer : withoutTransportFeedback(offer);
}

/** The SDP of a peer that does not report when each packet arrived. */
export function withoutTransportFeedback(sdp: string): string {
  return sdp.replaceAll(/a=(extmap:\d+ \S*transport-wide-cc\S*|rtcp-fb:\S+ transport-cc)\r\n/g, '');
}

/** The packet format of a publisher with this offer. */
export function publishedFormat(offer: string): PublishedFormat {
  const { videoPayloadType, rtxPayloadType = 0, audioPayloadType } = viewedFormat(offer);
  const video = parse(offer).media.find(({ type }) => type === 'video');
  const idOf = (ending: string) => extensionId(offer, ending) ?? 0;
  const ssrcsOf = (kind: string) => [
    ...new Set(
      parse(offer)
        .media.find(({ type }) => type === kind)
        ?.ssrcs?.map(({ id }) => Number(id)),
    ),
  ];
  return {
    videoPayloadType,
    rtxPayloadType,
    audioPayloadType,
    audioSsrc: ssrcsOf('audio')[0] ?? 1,
    videoSsrcs: ssrcsOf('video'),
    transportCcId: idOf(transportCc),
    absSendTimeId: idOf(absSendTime),
    midId: idOf(':mid'),
    videoMid: String(video?.mid),
    ridId: idOf(':rtp-stream-id'),
    repairedRidId: idOf('repaired-rtp-stream-id'),
  };
}

/** The payload types of VP8, its retransmissions and Opus in an SDP, and their header extensions. */
export function viewedFormat(sdp: string): ViewedFormat {
  const { media } = parse(sdp);
  const payloadType = (codec: string) =>
    media.flatMap(({ rtp }) => rtp).find((one) => one.codec.toLowerCase() === codec)?.payload ?? -1;
  const videoPayloadType = payloadType('vp8');
  const rtx = media.flatMap(({ fmtp }) => fmtp).find(({ config }) => config === `apt=${videoPayloadType}`);
  return {
    videoPayloadType,
    rtxPayloadType: rtx?.payload,
    audioPayloadType: payloadType('opus'),
    transportCcId: extensionId(sdp, transportCc),
    absSendTimeId: extensionId(sdp, absSendTime),
  };
}

/** Of the video section. */
function extensionId(sdp: string, ending: string): number | undefined {
  const video = parse(sdp).media.find(({ type }) => type === 'video');
  return video?.ext?.find(({ uri }) => uri.endsWith(ending))?.value;
}
