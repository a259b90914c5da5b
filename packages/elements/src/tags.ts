/** Types only, for bindings to frameworks: each tag with its element, the properties that can be set, and its events. */
import type { ParleyEventMap } from './base/events.ts';
import type { ParleyElement } from './base/parley-element.ts';
import type { ParleyAudio } from './parts/audio.ts';
import type { ParleyCallView } from './parts/call-view.ts';
import type { ParleyCall } from './parts/call.ts';
import type { ParleyChat } from './parts/chat.ts';
import type { ParleyConference } from './parts/conference.ts';
import type { ParleyControls } from './parts/controls.ts';
import type { ParleyDeviceMenu } from './parts/device-menu.ts';
import type { ParleyDeviceSelect } from './parts/device-select.ts';
import type { ParleyInvite } from './parts/invite.ts';
import type { ParleyLobby } from './parts/lobby.ts';
import type { ParleyMenu } from './parts/menu.ts';
import type { ParleyNotices } from './parts/notices.ts';
import type { ParleyPeople } from './parts/people.ts';
import type { ParleySettings } from './parts/settings.ts';
import type { ParleyStage } from './parts/stage.ts';
import type { ParleyTile } from './parts/tile.ts';

/** An element with what a page can set on it, beside `texts`, and listen to. */
interface Tag<
  Element extends ParleyElement,
  Property extends keyof Element = never,
  EventName extends keyof ParleyEventMap = never,
> {
  readonly element: Element;
  readonly properties: { [Name in Property | 'texts']?: Element[Name] | undefined };
  readonly events: Pick<ParleyEventMap, EventName>;
}

export interface ParleyTags {
  'parley-audio': Tag<ParleyAudio, 'conference'>;
  'parley-call': Tag<
    ParleyCall,
    'server' | 'ticket' | 'token' | 'conferenceId' | 'name' | 'inviteLink' | 'joinOptions' | 'backgrounds',
    'parley-joined' | 'parley-ended'
  >;
  'parley-call-view': Tag<ParleyCallView, 'conference' | 'inviteLink'>;
  'parley-chat': Tag<ParleyChat, 'conference', 'parley-close'>;
  'parley-conference': Tag<ParleyConference, 'conference'>;
  'parley-controls': Tag<
    ParleyControls,
    'conference' | 'openPanel' | 'hasShortcuts' | 'pictureInPicture',
    'parley-panel' | 'parley-leave' | 'parley-full-screen' | 'parley-picture-in-picture'
  >;
  'parley-device-menu': Tag<ParleyDeviceMenu, 'kind'>;
  'parley-device-select': Tag<ParleyDeviceSelect, 'kind'>;
  'parley-invite': Tag<ParleyInvite, 'conference' | 'link', 'parley-close'>;
  'parley-lobby': Tag<ParleyLobby, 'store' | 'name' | 'hasName' | 'isJoining' | 'problem', 'parley-join'>;
  'parley-menu': Tag<ParleyMenu, 'items' | 'label' | 'icon', 'parley-menu-select'>;
  'parley-notices': Tag<ParleyNotices, 'conference', 'parley-open-chat'>;
  'parley-people': Tag<ParleyPeople, 'conference', 'parley-close'>;
  'parley-settings': Tag<ParleySettings, 'conference', 'parley-close'>;
  'parley-stage': Tag<ParleyStage, 'conference', 'parley-remove'>;
  'parley-tile': Tag<
    ParleyTile,
    'conference' | 'tile' | 'isPinned' | 'hasMenu',
    'parley-pin' | 'parley-remove' | 'parley-aspect'
  >;
}

export type ParleyTag = keyof ParleyTags;
/** The element of a tag. */
export type ElementOf<Tag extends ParleyTag> = ParleyTags[Tag]['element'];
/** What a page can set on a tag's element. */
export type PropertiesOf<Tag extends ParleyTag> = ParleyTags[Tag]['properties'];
/** The events of a tag's element, by name. */
export type EventsOf<Tag extends ParleyTag> = ParleyTags[Tag]['events'];

type CamelCase<Text extends string> = Text extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<CamelCase<Rest>>}`
  : Text;

/** An event's name as components have it: `openChat` for `parley-open-chat`. */
export type ShortName<Name extends string> = Name extends `parley-${infer Rest}` ? CamelCase<Rest> : never;

/** The listeners of a tag's element by the names that components give them, such as `onOpenChat`. */
export type ListenersOf<Tag extends ParleyTag> = {
  [Name in keyof EventsOf<Tag> & string as `on${Capitalize<ShortName<Name>>}`]?:
    ((event: EventsOf<Tag>[Name]) => void) | undefined;
};
