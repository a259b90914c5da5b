import { roomName } from '../room-name.ts';

/** How somebody wants to be in the call. */
export interface Wishes {
  readonly name: string;
  readonly camera: boolean;
  readonly microphone: boolean;
}

/** What the page's address says: `?room=`, `?name=`, `?camera=0`, `?mic=0`, `?autojoin=1`. A missing room is made up. */
export function readAddress(): { readonly room: string; readonly wishes: Wishes; readonly isHasty: boolean } {
  const parameters = new URLSearchParams(location.search);
  const room = parameters.get('room') || roomName();
  parameters.set('room', room);
  history.replaceState(null, '', `?${parameters}`);
  const isHasty = parameters.get('autojoin') === '1';
  return {
    room,
    isHasty,
    wishes: {
      name: parameters.get('name') ?? (isHasty ? 'Guest' : ''),
      camera: parameters.get('camera') !== '0',
      microphone: parameters.get('mic') !== '0',
    },
  };
}

/** The name in the lobby's form. */
export function readName(form: HTMLFormElement): string {
  const name = new FormData(form).get('name');
  return (typeof name === 'string' && name.trim()) || 'Guest';
}
