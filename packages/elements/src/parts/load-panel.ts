import type { PanelName } from '../base/events.ts';

const loaders: Readonly<Record<PanelName, () => Promise<unknown>>> = {
  chat: () => import('./chat.ts'),
  people: () => import('./people.ts'),
  settings: () => import('./settings.ts'),
  invite: () => import('./invite.ts'),
};

/** Fetches the element of a panel when it is first opened. */
export async function loadPanel(panel: PanelName): Promise<void> {
  await loaders[panel]();
}
