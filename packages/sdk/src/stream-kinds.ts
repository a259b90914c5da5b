import type { StreamType } from '@parley-rtc/contract';

/** The kind of media that a track carries. */
export type TrackKind = 'audio' | 'video';

/** Required and optional tracks by stream type. UNKNOWN streams may have any tracks; they can be viewed, not published. */
export const kindsOf: Readonly<
  Record<StreamType, { readonly needs: readonly TrackKind[]; readonly may: readonly TrackKind[] }>
> = {
  MIC: { needs: ['audio'], may: [] },
  CAM: { needs: ['video'], may: [] },
  MIC_AND_CAM: { needs: ['audio', 'video'], may: [] },
  SCREEN: { needs: ['video'], may: ['audio'] },
  UNKNOWN: { needs: [], may: ['audio', 'video'] },
};
