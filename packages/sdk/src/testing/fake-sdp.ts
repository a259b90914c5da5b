import type { StreamType } from '@parley-rtc/contract';

/** Session descriptions as the fakes speak them: one line for each section. */
export interface FakeSection {
  readonly kind: 'audio' | 'video';
  readonly direction: RTCRtpTransceiverDirection;
}

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

/** A router's answer: takes all that is sent; sends of a screen only the picture. */
export function answerTo(sdpOffer: string, viewed?: StreamType): string {
  return encodeSdp(
    decodeSdp(sdpOffer).map(({ kind, direction }) => {
      if (direction === 'sendonly') return { kind, direction: 'recvonly' };
      return { kind, direction: viewed === 'SCREEN' && kind === 'audio' ? 'inactive' : 'sendonly' };
    }),
  );
}
