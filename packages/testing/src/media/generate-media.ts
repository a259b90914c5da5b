import { FakePageTrack } from './fake-page-track.ts';
import { generateAudio } from './generate-audio.ts';
import { generateVideo } from './generate-video.ts';
import { speakingLevel, type FakeMedia, type MediaSubject } from './stream-media.ts';

interface Generated {
  readonly track: MediaStreamTrack;
  setActive?(isActive: boolean): void;
  setSpeaking?(isSpeaking: boolean): void;
  stop?(): void;
}

/**
 * Creates media that play in a browser: a picture with the name and a moving counter, and a voice-like tone while speaking.
 * Where there is no canvas or no Web Audio, as in Node, the tracks are there but carry nothing.
 */
export function generateMedia(subject: MediaSubject): FakeMedia {
  const video = subject.video ? (generateVideo(subject) ?? silentTrack('video', subject)) : undefined;
  const audio = subject.audio ? (generateAudio(subject.name) ?? silentTrack('audio', subject)) : undefined;
  const muted = new Set<'audio' | 'video'>();
  let isSpeaking = false;
  let isFrozen = false;
  const isHeard = () => isSpeaking && !isFrozen && !muted.has('audio');
  const update = () => {
    video?.setActive?.(!isFrozen && !muted.has('video'));
    video?.setSpeaking?.(isHeard());
    audio?.setSpeaking?.(isHeard());
  };
  update();
  return {
    audio: audio?.track,
    video: video?.track,
    level: () => (audio && isHeard() ? speakingLevel : 0),
    setSpeaking: (speaks) => {
      isSpeaking = speaks;
      update();
    },
    setMuted: (kind, isMuted) => {
      if (isMuted) muted.add(kind);
      else muted.delete(kind);
      update();
    },
    setFrozen: (frozen) => {
      isFrozen = frozen;
      update();
    },
    stop: () => {
      for (const one of [video, audio]) {
        one?.stop?.();
        one?.track.stop();
      }
    },
  };
}

function silentTrack(kind: 'audio' | 'video', { name, source }: MediaSubject): Generated {
  return { track: new FakePageTrack(kind, `${name}: ${source}`) as unknown as MediaStreamTrack };
}
