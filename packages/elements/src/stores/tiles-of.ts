import {
  displayNameOf,
  selectMuted,
  selectMutedBy,
  selectOnHold,
  type ConferenceSnapshot,
  type DisplayName,
  type Moderator,
  type Participant,
  type Stream,
  type StreamQuality,
} from '@parley-rtc/sdk';
import type { InsightState } from './create-insight.ts';

/** What one tile of the stage shows: a participant, or a screen that a participant shares. */
export interface Tile {
  /** Stays the same while the participant is present, whatever is published. */
  readonly id: string;
  readonly kind: 'camera' | 'screen';
  readonly participantId: string;
  readonly isSelf: boolean;
  readonly person: DisplayName;
  /** The stream with its video; undefined without one. */
  readonly streamId: string | undefined;
  /** The stream with its microphone, or with the screen's audio; undefined without one. */
  readonly audioStreamId: string | undefined;
  /** Whether a video is to be seen: its camera is on, and the call not on hold. */
  readonly hasVideo: boolean;
  /** `off`: no microphone is published. */
  readonly microphone: 'on' | 'muted' | 'off';
  /** The moderator who muted the microphone; undefined if its owner did, or nobody. */
  readonly mutedBy: Moderator | undefined;
  readonly isSpeaking: boolean;
  /** When the participant raised a hand, as ISO 8601; undefined while it is down. */
  readonly handRaisedAt: string | undefined;
  /** Undefined until measured. */
  readonly quality: StreamQuality | undefined;
  /** Whether the video has stopped although it should flow, so that the picture is an old one. */
  readonly isFrozen: boolean;
}

/** The tiles of a conference in the order of joining, each participant's screens after the participant. */
export function tilesOf(snapshot: ConferenceSnapshot, insight: InsightState): readonly Tile[] {
  return snapshot.conference.participants.flatMap((participant) => {
    const screens = participant.streams.filter(isScreen);
    const cameras = participant.streams.filter((stream) => !isScreen(stream));
    return [
      cameraTile(snapshot, insight, participant, cameras),
      ...screens.map((stream, index) => screenTile(snapshot, insight, participant, { stream, index })),
    ];
  });
}

/** When a participant raised a hand, from the metadata that the page of this participant sets. */
export function handRaisedAtOf({ metadata }: Pick<Participant, 'metadata'>): string | undefined {
  const { handRaisedAt, isHandRaised } = metadata;
  if (typeof handRaisedAt === 'string' && handRaisedAt !== '') return handRaisedAt;
  return isHandRaised === true ? '' : undefined;
}

function isScreen({ type }: Stream): boolean {
  return type === 'SCREEN';
}

function cameraTile(
  snapshot: ConferenceSnapshot,
  { speakingStreamIds, qualities }: InsightState,
  participant: Participant,
  streams: readonly Stream[],
): Tile {
  const video = streams.find(({ type }) => type !== 'MIC');
  const audio = streams.find(({ type }) => type !== 'CAM');
  const quality = video && qualities.get(video.id);
  const isMuted = audio !== undefined && selectMuted(snapshot, audio.id, 'audio');
  const isAudioOn = audio !== undefined && !isMuted;
  const hasVideo =
    video !== undefined && !selectMuted(snapshot, video.id, 'video') && !selectOnHold(snapshot);
  return {
    id: participant.id,
    kind: 'camera',
    participantId: participant.id,
    isSelf: participant.id === snapshot.endpointId,
    person: displayNameOf(participant),
    streamId: video?.id,
    audioStreamId: audio?.id,
    hasVideo,
    microphone: isAudioOn ? 'on' : isMuted ? 'muted' : 'off',
    mutedBy: audio && selectMutedBy(snapshot, audio.id, 'audio'),
    isSpeaking: isAudioOn && speakingStreamIds.includes(audio.id),
    handRaisedAt: handRaisedAtOf(participant),
    quality: quality ?? (audio && qualities.get(audio.id)),
    isFrozen: hasVideo && isLost(quality),
  };
}

function screenTile(
  snapshot: ConferenceSnapshot,
  { qualities }: InsightState,
  participant: Participant,
  { stream, index }: { readonly stream: Stream; readonly index: number },
): Tile {
  const quality = qualities.get(stream.id);
  const hasVideo = !selectMuted(snapshot, stream.id, 'video') && !selectOnHold(snapshot);
  return {
    id: `${participant.id}/screen/${index}`,
    kind: 'screen',
    participantId: participant.id,
    isSelf: participant.id === snapshot.endpointId,
    person: displayNameOf(participant),
    streamId: stream.id,
    audioStreamId: stream.id,
    hasVideo,
    microphone: 'off',
    mutedBy: undefined,
    isSpeaking: false,
    handRaisedAt: undefined,
    quality,
    isFrozen: hasVideo && isLost(quality),
  };
}

/** Hidden and blocked videos have stopped with a reason, and show no old picture. */
function isLost(quality: StreamQuality | undefined): boolean {
  return quality?.level === 'lost' && !quality.causes.some(({ code }) => code === 'element-hidden');
}
