/** What the lobby remembers of the last call on this page. */
export interface Remembered {
  readonly name: string;
  readonly isCameraOn: boolean;
  readonly isMicrophoneOn: boolean;
}

const storageKey = 'parley.lobby';
const nothing: Remembered = { name: '', isCameraOn: true, isMicrophoneOn: true };

/** Reads what was remembered; the defaults where the page may not store anything, or where others wrote nonsense. */
export function remembered(): Remembered {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '{}');
    const { name, isCameraOn, isMicrophoneOn } = Object(read) as Readonly<Record<keyof Remembered, unknown>>;
    return {
      name: typeof name === 'string' ? name : nothing.name,
      isCameraOn: isCameraOn !== false,
      isMicrophoneOn: isMicrophoneOn !== false,
    };
  } catch {
    return nothing;
  }
}

export function remember(change: Partial<Remembered>): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify({ ...remembered(), ...change }));
  } catch {
    // A page without storage asks again next time.
  }
}

/** The devices that the user wants to use. */
export interface MediaSelection {
  readonly camera: boolean;
  readonly microphone: boolean;
}

/** What the user last wanted to be on, in the lobby or in a call on this page. */
export function selectionBefore(): MediaSelection {
  const { isCameraOn, isMicrophoneOn } = remembered();
  return { camera: isCameraOn, microphone: isMicrophoneOn };
}
