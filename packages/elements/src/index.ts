/** All elements: importing this module defines them. Import single ones from `@parley-rtc/elements/<name>`. */
export { ParleyAudio } from './parts/audio.ts';
export { ParleyCall } from './parts/call.ts';
export { ParleyCallView } from './parts/call-view.ts';
export { ParleyChat } from './parts/chat.ts';
export { ParleyConference } from './parts/conference.ts';
export { ParleyControls } from './parts/controls.ts';
export { ParleyDeviceMenu } from './parts/device-menu.ts';
export { ParleyDeviceSelect } from './parts/device-select.ts';
export { ParleyInvite } from './parts/invite.ts';
export { ParleyLobby } from './parts/lobby.ts';
export type {
  AspectDetail,
  EndedDetail,
  JoinDetail,
  JoinedDetail,
  LeaveDetail,
  PanelDetail,
  PanelName,
  ParleyEventMap,
  PinDetail,
  RemoveDetail,
} from './base/events.ts';
export type { MenuItem, MenuSelectDetail } from './base/menu-item.ts';
export { ParleyMenu } from './parts/menu.ts';
export { ParleyNotices } from './parts/notices.ts';
export { ParleyPeople } from './parts/people.ts';
export { ParleySettings } from './parts/settings.ts';
export { ParleyStage } from './parts/stage.ts';
export { ParleyTile } from './parts/tile.ts';
export { en, type TextKey, type Texts } from './texts/en.ts';
