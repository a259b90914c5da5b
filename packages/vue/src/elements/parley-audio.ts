import '@parley-rtc/elements/audio';
import { component, type ElementComponent } from './component.ts';

/** `<parley-audio>` as a component. */
export const ParleyAudio: ElementComponent<'parley-audio'> = component(
  'parley-audio',
  { texts: null, conference: null },
  {},
);
