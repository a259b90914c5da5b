import '@parley-rtc/elements/controls';
import { component, type ElementComponent } from './component.ts';

/** `<parley-controls>` as a component. */
export const ParleyControls: ElementComponent<'parley-controls'> = component(
  'parley-controls',
  { texts: null, conference: null, openPanel: null, hasShortcuts: Boolean, pictureInPicture: null },
  {
    panel: 'parley-panel',
    leave: 'parley-leave',
    fullScreen: 'parley-full-screen',
    pictureInPicture: 'parley-picture-in-picture',
  },
);
