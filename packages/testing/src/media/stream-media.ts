/** What a stream sends: its tracks, and how loud it is. */
export interface StreamMedia {
  readonly audio: MediaStreamTrack | undefined;
  readonly video: MediaStreamTrack | undefined;
  /** How loud it is now, 0 to 1. */
  level(): number;
}

/** Media that a fake participant sends. */
export interface FakeMedia extends StreamMedia {
  setSpeaking(isSpeaking: boolean): void;
  setMuted(kind: 'audio' | 'video', isMuted: boolean): void;
  /** Stops the video at its last frame, and silences the audio, as a lost network does. */
  setFrozen(isFrozen: boolean): void;
  stop(): void;
}

/** What media show. */
export interface MediaSubject {
  readonly name: string;
  readonly source: 'camera' | 'screen';
  readonly audio: boolean;
  readonly video: boolean;
}

/** How loud a microphone is while nobody speaks. Total silence would mean that it is broken. */
export const quietLevel = 0.0005;
/** How loud somebody speaks. */
export const speakingLevel = 0.3;
