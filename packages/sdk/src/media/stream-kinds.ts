import type { StreamType } from '@parley-rtc/contract';
import type { TrackKind } from './published-stream.ts';

/** What a stream of a type must hold, and what else it may. UNKNOWN can be viewed (it may hold anything), not published. */
export const kindsOf: Readonly<
  Record<StreamType, { readonly needs: readonly TrackKind[]; readonly may: readonly TrackKind[] }>
> = {
  MIC: { needs: ['audio'], may: [] },
  CAM: { needs: ['video'], may: [] },
  MIC_AND_CAM: { needs: ['audio', 'video'], may: [] },
  SCREEN: { needs: ['video'], may: ['audio'] },
  UNKNOWN: { needs: [], may: ['audio', 'video'] },
};
