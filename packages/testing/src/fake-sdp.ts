import type { StreamType } from '@parley-rtc/contract';

/** One media section of the fakes' session descriptions, which have one line for each section. */
export interface FakeSection {
  readonly kind: 'audio' | 'video';
  readonly direction: RTCRtpTransceiverDirection;
}

let certificates = 0;

export function encodeSdp(sections: readonly FakeSection[]): string {
  return sections.map(({ kind, direction }) => `m=${kind} ${direction}`).join('\n');
}

export function decodeSdp(sdp: string): readonly FakeSection[] {
  return sdp
    .split('\n')
    .filter((line) => line.startsWith('m='))
    .map((line) => {
      const [kind = '', direction = ''] = line.slice(2).split(' ');
      return { kind, direction } as FakeSection;
    });
}

/** The stream that an answer is about. */
export function streamIn(sdp: string): string | undefined {
  return /^a=parley-stream:(.+)$/m.exec(sdp)?.[1];
}

/**
 * Answers like a router: accepts all sent media with a new certificate each time; a viewed screen has only video. Names the
 * stream, so that fake connections find its media.
 */
export function answerTo(sdpOffer: string, viewed?: StreamType, streamId?: string): string {
  certificates += 1;
  if (sdpOffer.startsWith('v=')) return answerToWholeOffer(sdpOffer, certificates);
  const media = encodeSdp(
    decodeSdp(sdpOffer).map(({ kind, direction }) => {
      if (direction === 'sendonly') return { kind, direction: 'recvonly' };
      return { kind, direction: viewed === 'SCREEN' && kind === 'audio' ? 'inactive' : 'sendonly' };
    }),
  );
  const stream = streamId === undefined ? '' : `a=parley-stream:${streamId}\n`;
  return `a=fingerprint:${certificates}\n${stream}${media}`;
}

const reversed: Readonly<Record<string, string>> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  sendrecv: 'recvonly',
};

/** Answers the offer of a browser with the lines that a client may look for. Nobody can connect to it. */
function answerToWholeOffer(sdpOffer: string, certificate: number): string {
  const [, ...sections] = sdpOffer.split(/^(?=m=)/m);
  const answers = sections.map((section, mid) => {
    const lines = section.split(/\r?\n/).filter((line) => /^(m=|a=(mid|rtcp-mux|rtpmap|fmtp))/.test(line));
    const [, direction = 'sendrecv'] = /^a=(sendonly|recvonly|sendrecv)/m.exec(section) ?? [];
    const transport = [
      'c=IN IP4 0.0.0.0',
      `a=ice-ufrag:fake${certificate}`,
      `a=ice-pwd:fake-password-of-24-letters-${mid}`,
      `a=candidate:1 1 udp 2122260223 192.0.2.1 ${50_000 + mid} typ host`,
    ];
    return [...lines, ...transport, `a=${reversed[direction]}`].join('\r\n');
  });
  return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ...answers, ''].join('\r\n');
}
