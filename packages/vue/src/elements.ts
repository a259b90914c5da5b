/** A component for each element of `@parley-rtc/elements`. Whoever imports one loads that element only. */
export type { ElementComponent, ElementProps } from './elements/component.ts';
export { ParleyAudio } from './elements/parley-audio.ts';
export { ParleyCall } from './elements/parley-call.ts';
export { ParleyCallView } from './elements/parley-call-view.ts';
export { ParleyChat } from './elements/parley-chat.ts';
export { ParleyConference } from './elements/parley-conference.ts';
export { ParleyControls } from './elements/parley-controls.ts';
export { ParleyDeviceMenu } from './elements/parley-device-menu.ts';
export { ParleyDeviceSelect } from './elements/parley-device-select.ts';
export { ParleyInvite } from './elements/parley-invite.ts';
export { ParleyLobby } from './elements/parley-lobby.ts';
export { ParleyMenu } from './elements/parley-menu.ts';
export { ParleyNotices } from './elements/parley-notices.ts';
export { ParleyPeople } from './elements/parley-people.ts';
export { ParleySettings } from './elements/parley-settings.ts';
export { ParleyStage } from './elements/parley-stage.ts';
export { ParleyTile } from './elements/parley-tile.ts';
