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

/** Answers like a router: accepts all sent media with a new certificate each time; a viewed screen has only video. */
export function answerTo(sdpOffer: string, viewed?: StreamType): string {
  certificates += 1;
  const media = encodeSdp(
    decodeSdp(sdpOffer).map(({ kind, direction }) => {
      if (direction === 'sendonly') return { kind, direction: 'recvonly' };
      return { kind, direction: viewed === 'SCREEN' && kind === 'audio' ? 'inactive' : 'sendonly' };
    }),
  );
  return `a=fingerprint:${certificates}\n${media}`;
}
