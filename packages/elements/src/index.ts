/** All elements: importing this module defines them. Import single ones from `@parley-rtc/elements/<name>`. */
export { ParleyAudio } from './parts/audio.ts';
export { ParleyChat } from './parts/chat.ts';
export { ParleyConference } from './parts/conference.ts';
export { ParleyDeviceSelect } from './parts/device-select.ts';
export { ParleyInvite } from './parts/invite.ts';
export { type MenuItem, type MenuSelectDetail, ParleyMenu } from './parts/menu.ts';
export { ParleyNotices } from './parts/notices.ts';
export { ParleyPeople } from './parts/people.ts';
export { ParleySettings } from './parts/settings.ts';
export { en, type TextKey, type Texts } from './texts/en.ts';
