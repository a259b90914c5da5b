import { createDeviceMenus, type DeviceMenus } from './device-menus.ts';
import { createLobby, type Lobby } from './lobby.ts';
import { readPageUrl } from './read-page-url.ts';
import type { Sdk } from './sdk.ts';

/** What a page keeps for as long as it is open, across calls. */
export interface Page {
  readonly room: string;
  /** The name from the URL, or ''. */
  readonly name: string;
  /** Whether to join without waiting for the user. */
  readonly autoJoin: boolean;
  readonly menus: DeviceMenus;
  readonly lobby: Lobby;
}

export function createPage(sdk: Sdk): Page {
  const { room, name, selection, autoJoin } = readPageUrl();
  void sdk.prepareJoin({ server: location.origin });
  const menus = createDeviceMenus(sdk);
  return { room, name, autoJoin, menus, lobby: createLobby(sdk, menus, selection) };
}
