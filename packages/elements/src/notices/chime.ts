import type { NoticeContent } from '../stores/create-notices.ts';

/** Two notes for each thing that happens, in hertz: rising for people, a third for a hand, falling for a message. */
const notes: Readonly<Partial<Record<NoticeContent['code'], readonly [number, number]>>> = {
  joined: [523, 784],
  waiting: [523, 784],
  'hand-raised': [659, 831],
  message: [880, 698],
};

const noteS = 0.16;
const loudness = 0.08;

let context: AudioContext | undefined;

/** Whether a chime belongs to what happened. */
export function hasChime(code: NoticeContent['code']): boolean {
  return notes[code] !== undefined;
}

/** Plays the two soft notes of what happened, on the speaker with this id if the browser can choose one. */
export async function playChime(code: NoticeContent['code'], speakerId: string): Promise<void> {
  const pair = notes[code];
  if (!pair) return;
  context ??= new AudioContext();
  const output = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  try {
    await output.setSinkId?.(speakerId);
    if (context.state !== 'running') await context.resume();
  } catch {
    // A chime is not worth an error; the system's speaker plays it.
  }
  const { currentTime, destination } = context;
  for (const [index, frequencyHz] of pair.entries()) {
    const [start, end] = [currentTime + index * noteS, currentTime + (index + 2) * noteS];
    const note = new OscillatorNode(context, { frequency: frequencyHz, type: 'sine' });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(loudness, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, end);
    note.connect(volume).connect(destination);
    note.start(start);
    note.stop(end);
  }
}
