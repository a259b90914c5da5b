import type { ConferenceSnapshot, QualityLevel, StreamQuality, StreamType } from '@parley-rtc/sdk';
import type { InsightState } from './insight.ts';
import { personOf } from './people.ts';
import type { TypedCall } from './schemas.ts';
import type { Sdk } from './sdk.ts';

/** One tile on the page. */
export interface TileInfo {
  readonly key: string;
  /** Undefined for a participant without streams. */
  readonly streamId: string | undefined;
  readonly kind: 'camera' | 'screen' | 'audio';
  readonly isSelf: boolean;
  readonly name: string;
  readonly isSpeaking: boolean;
  /** Labels such as "muted" or "camera off". */
  readonly badges: readonly string[];
  /** Whether initials cover the video because there is none. Until the first frame, they also show behind it. */
  readonly showsAvatar: boolean;
  readonly hasHandRaised: boolean;
  /** Undefined until measured. */
  readonly quality: TileQuality | undefined;
}

export interface TileQuality {
  readonly level: QualityLevel;
  /** Such as "Connection is good". */
  readonly title: string;
  /** Problems and what helps, one sentence each. */
  readonly advice: readonly string[];
}

const kinds: Readonly<Record<StreamType, TileInfo['kind']>> = {
  MIC: 'audio',
  CAM: 'camera',
  MIC_AND_CAM: 'camera',
  SCREEN: 'screen',
  UNKNOWN: 'camera',
};

/** One tile for each stream, and one for each participant without streams. */
export function tilesOf(
  { selectMuted, selectOnHold }: Sdk,
  typed: TypedCall,
  snapshot: ConferenceSnapshot,
  { speaking, qualities }: InsightState,
): readonly TileInfo[] {
  const { conference, endpointId, network } = snapshot;
  const isOnHold = selectOnHold(snapshot);
  return conference.participants.flatMap((participant): TileInfo[] => {
    const { name, isHandRaised } = personOf(typed, participant);
    const person = { isSelf: participant.id === endpointId, name, hasHandRaised: isHandRaised };
    const isWeak = network?.byEndpoint[participant.id]?.grade === 'BAD';
    const weakness = isWeak ? ['poor connection'] : [];
    if (participant.streams.length === 0) {
      const silent = { kind: 'audio', isSpeaking: false, showsAvatar: true } as const;
      return [
        {
          ...person,
          ...silent,
          key: participant.id,
          streamId: undefined,
          badges: weakness,
          quality: undefined,
        },
      ];
    }
    return participant.streams.map(({ id, type }) => {
      const kind = kinds[type];
      const isMuted = selectMuted(snapshot, id, 'audio');
      const isCameraOff = selectMuted(snapshot, id, 'video');
      const quality = qualities.get(id);
      return {
        ...person,
        key: id,
        streamId: id,
        kind,
        name: kind === 'screen' ? `${name}’s screen` : name,
        hasHandRaised: isHandRaised && kind !== 'screen',
        isSpeaking: speaking.has(id) && !isMuted,
        showsAvatar: kind === 'audio' || isCameraOff || isOnHold,
        badges: [...(isMuted ? ['muted'] : []), ...(isCameraOff ? ['camera off'] : []), ...weakness],
        quality: quality && describe(quality),
      };
    });
  });
}

function describe({ level, causes }: StreamQuality): TileQuality {
  const advice = causes.map(({ suggestion }) => suggestion);
  return {
    level,
    title: `Connection is ${level}`,
    advice: advice.length > 0 ? advice : [`Connection is ${level}.`],
  };
}
