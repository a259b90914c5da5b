/** All elements: importing this module defines them. Import single ones from `@parley-rtc/elements/<name>`. */
export { ParleyAudio } from './parts/audio.ts';
export { ParleyConference } from './parts/conference.ts';
export { type MenuItem, type MenuSelectDetail, ParleyMenu } from './parts/menu.ts';
export { en, type TextKey, type Texts } from './texts/en.ts';
