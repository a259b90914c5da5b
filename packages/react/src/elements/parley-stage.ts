import { ParleyStage as ParleyStageElement } from '@parley-rtc/elements/stage';
import { component, type ElementComponent } from './component.ts';

/** `<parley-stage>` as a component. */
export const ParleyStage: ElementComponent<'parley-stage'> = component('parley-stage', ParleyStageElement, {
  onRemove: 'parley-remove',
});
