import type { Devices } from '@parley-rtc/sdk';

const notesHz = [523, 659, 784];
const noteS = 0.25;

/**
 * Plays three notes on the chosen speaker, or on the system's where the browser cannot choose one. Call it from a click.
 * Resolves when they are over.
 */
export async function playTestTone(devices: Pick<Devices, 'playOnSpeaker'> | undefined): Promise<void> {
  const context = new AudioContext();
  const output = context.createMediaStreamDestination();
  const audio = new Audio();
  audio.srcObject = output.stream;
  let release: (() => void) | undefined;
  try {
    release = await devices?.playOnSpeaker(audio).catch(() => undefined);
    await context.resume();
    await audio.play();
    const last = notesHz.map((frequency, index) => {
      const [start, end] = [context.currentTime + index * noteS, context.currentTime + (index + 1) * noteS];
      const note = new OscillatorNode(context, { frequency });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.3, start + 0.03);
      volume.gain.linearRampToValueAtTime(0, end);
      note.connect(volume).connect(output);
      note.start(start);
      note.stop(end);
      return note;
    });
    await new Promise((resolve) => last.at(-1)?.addEventListener('ended', resolve));
  } finally {
    release?.();
    audio.srcObject = null;
    await context.close();
  }
}
