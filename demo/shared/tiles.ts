import type { ConferenceSnapshot, StreamType } from '@parley-rtc/sdk';
import { nameOf } from './people.ts';

/** One picture on the page. */
export interface TileInfo {
  readonly key: string;
  /** Undefined for somebody who sends nothing. */
  readonly streamId: string | undefined;
  readonly kind: 'camera' | 'screen' | 'audio';
  readonly isSelf: boolean;
  readonly name: string;
  readonly isMuted: boolean;
  readonly isCameraOff: boolean;
}

const kinds: Readonly<Record<StreamType, TileInfo['kind']>> = {
  MIC: 'audio',
  CAM: 'camera',
  MIC_AND_CAM: 'camera',
  SCREEN: 'screen',
  UNKNOWN: 'camera',
};

/** One tile for each stream, and one for everybody who sends nothing. */
export function tilesOf({ conference, endpointId }: ConferenceSnapshot): readonly TileInfo[] {
  return conference.participants.flatMap((participant): TileInfo[] => {
    const person = { isSelf: participant.id === endpointId, name: nameOf(participant) };
    if (participant.streams.length === 0) {
      const silent = { streamId: undefined, kind: 'audio', isMuted: false, isCameraOff: false } as const;
      return [{ ...person, ...silent, key: participant.id }];
    }
    return participant.streams.map(({ id, type }) => ({
      key: id,
      streamId: id,
      kind: kinds[type],
      isSelf: person.isSelf,
      name: type === 'SCREEN' ? `${person.name}’s screen` : person.name,
      isMuted: `TRACK_MUTED/audio/${id}` in conference.metadata,
      isCameraOff: `TRACK_MUTED/video/${id}` in conference.metadata,
    }));
  });
}
