import { ParleyLobby as ParleyLobbyElement } from '@parley-rtc/elements/lobby';
import { component, type ElementComponent } from './component.ts';

/** `<parley-lobby>` as a component. */
export const ParleyLobby: ElementComponent<'parley-lobby'> = component('parley-lobby', ParleyLobbyElement, {
  onJoin: 'parley-join',
});
