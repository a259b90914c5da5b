import { ParleyControls as ParleyControlsElement } from '@parley-rtc/elements/controls';
import { component, type ElementComponent } from './component.ts';

/** `<parley-controls>` as a component. */
export const ParleyControls: ElementComponent<'parley-controls'> = component(
  'parley-controls',
  ParleyControlsElement,
  {
    onPanel: 'parley-panel',
    onLeave: 'parley-leave',
    onFullScreen: 'parley-full-screen',
    onPictureInPicture: 'parley-picture-in-picture',
  },
);
