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

/** What the lobby's form says. */
export function readForm(form: HTMLFormElement): Wishes {
  const fields = new FormData(form);
  const name = fields.get('name');
  return {
    name: (typeof name === 'string' && name.trim()) || 'Guest',
    camera: fields.has('camera'),
    microphone: fields.has('microphone'),
  };
}
