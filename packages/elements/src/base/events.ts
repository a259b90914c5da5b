import type { Conference, DisplayName } from '@parley-rtc/sdk';
import type { VisitState } from '../stores/create-visit.ts';
import type { MenuSelectDetail } from './menu-item.ts';

/** What `parley-joined` says. */
export interface JoinedDetail {
  /** The SDK's conference, for everything that the SDK can do. */
  readonly conference: Conference;
}

/** What `parley-ended` says. */
export interface EndedDetail {
  readonly ending: NonNullable<VisitState['ending']>;
}

/** What `parley-join` says. */
export interface JoinDetail {
  /** Trimmed, and not empty unless `hasName` is false. */
  readonly name: string;
}

/** The panels that buttons open: the page, or `parley-call`, shows them. */
export type PanelName = 'chat' | 'people' | 'settings' | 'invite';

/** What `parley-panel` says. */
export interface PanelDetail {
  readonly panel: PanelName;
}

/** What `parley-leave` says. */
export interface LeaveDetail {
  /** Whether the user wants to end the call for everyone. */
  readonly forEveryone: boolean;
}

/** What `parley-pin` says. */
export interface PinDetail {
  /** The tile's id. */
  readonly id: string;
}

/** What `parley-remove` says. */
export interface RemoveDetail {
  readonly participantId: string;
  readonly person: DisplayName;
}

/** What `parley-aspect` says: the shape of a video, once it is known. */
export interface AspectDetail {
  readonly id: string;
  /** Width divided by height. */
  readonly aspect: number;
}

/** The events of all elements, by name. */
export interface ParleyEventMap {
  'parley-joined': CustomEvent<JoinedDetail>;
  'parley-ended': CustomEvent<EndedDetail>;
  'parley-join': CustomEvent<JoinDetail>;
  'parley-panel': CustomEvent<PanelDetail>;
  'parley-leave': CustomEvent<LeaveDetail>;
  'parley-full-screen': CustomEvent<undefined>;
  'parley-picture-in-picture': CustomEvent<undefined>;
  'parley-close': CustomEvent<undefined>;
  'parley-open-chat': CustomEvent<undefined>;
  'parley-pin': CustomEvent<PinDetail>;
  'parley-remove': CustomEvent<RemoveDetail>;
  'parley-aspect': CustomEvent<AspectDetail>;
  'parley-menu-select': CustomEvent<MenuSelectDetail>;
}

declare global {
  // So that `addEventListener` knows them, on the elements and on everything around them.
  interface HTMLElementEventMap extends ParleyEventMap {}
}
