/** All elements: importing this module defines them. Import single ones from `@parley-rtc/elements/<name>`. */
export { ParleyAudio } from './parts/audio.ts';
export { type EndedDetail, ParleyCall } from './parts/call.ts';
export { ParleyCallView } from './parts/call-view.ts';
export { ParleyConference } from './parts/conference.ts';
export { type PanelDetail, type PanelName, ParleyControls } from './parts/controls.ts';
export { ParleyDeviceMenu } from './parts/device-menu.ts';
export { type JoinDetail, ParleyLobby } from './parts/lobby.ts';
export { type MenuItem, type MenuSelectDetail, ParleyMenu } from './parts/menu.ts';
export { ParleyStage } from './parts/stage.ts';
export { type AspectDetail, ParleyTile } from './parts/tile.ts';
export { en, type TextKey, type Texts } from './texts/en.ts';
