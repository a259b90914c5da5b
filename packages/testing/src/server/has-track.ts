import type { StreamType } from '@parley-rtc/contract';

const kindsOf: Readonly<Record<StreamType, readonly ('audio' | 'video')[]>> = {
  MIC: ['audio'],
  CAM: ['video'],
  MIC_AND_CAM: ['audio', 'video'],
  SCREEN: ['audio', 'video'],
  UNKNOWN: ['audio', 'video'],
};

/** Whether streams of this type may have a track of this kind. */
export function hasTrack(type: StreamType, kind: 'audio' | 'video'): boolean {
  return kindsOf[type].includes(kind);
}
