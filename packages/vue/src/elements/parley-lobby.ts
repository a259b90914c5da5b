import '@parley-rtc/elements/lobby';
import { component, type ElementComponent } from './component.ts';

/** `<parley-lobby>` as a component. */
export const ParleyLobby: ElementComponent<'parley-lobby'> = component(
  'parley-lobby',
  { texts: null, store: null, name: null, hasName: Boolean, isJoining: Boolean, problem: null },
  { join: 'parley-join' },
);
