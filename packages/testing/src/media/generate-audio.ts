import { quietLevel } from './stream-media.ts';

/** An audio track that Web Audio fills. */
export interface GeneratedAudio {
  readonly track: MediaStreamTrack;
  setSpeaking(isSpeaking: boolean): void;
  stop(): void;
}

const loudness = 0.2;
const acts = ['pointerdown', 'pointerup', 'keydown'] as const;
const syllablesHz = 3.7;

/** Creates a voice-like tone, which is silent until `setSpeaking`; undefined without Web Audio. */
export function generateAudio(name: string): GeneratedAudio | undefined {
  if (typeof AudioContext !== 'function' || !('createMediaStreamDestination' in AudioContext.prototype)) {
    return undefined;
  }
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const [track] = destination.stream.getAudioTracks();
  if (!track) return undefined;
  const voice = new OscillatorNode(context, { type: 'sawtooth', frequency: 105 + (name.length % 7) * 16 });
  const throat = new BiquadFilterNode(context, { type: 'bandpass', frequency: 520, Q: 1.4 });
  const syllables = new OscillatorNode(context, { frequency: syllablesHz });
  const depth = new GainNode(context, { gain: 0.5 });
  const mouth = new GainNode(context, { gain: 0.5 });
  const gate = new GainNode(context, { gain: quietLevel });
  syllables.connect(depth).connect(mouth.gain);
  voice.connect(throat).connect(mouth).connect(gate).connect(destination);
  const resume = () => void context.resume().catch(() => {});
  // Browsers let no audio flow before the user acts.
  for (const act of acts) globalThis.addEventListener(act, resume);
  voice.start();
  syllables.start();
  return {
    track,
    setSpeaking: (isSpeaking) => {
      if (isSpeaking && context.state === 'suspended') resume();
      gate.gain.setTargetAtTime(isSpeaking ? loudness : quietLevel, context.currentTime, 0.03);
    },
    stop: () => {
      for (const act of acts) globalThis.removeEventListener(act, resume);
      context.close().catch(() => {});
    },
  };
}
