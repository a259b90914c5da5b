import { createDeviceMenus, type DeviceMenus } from './device-menus.ts';
import { createLobby, type Lobby } from './lobby.ts';
import type { Sdk } from './sdk.ts';
import { readAddress } from './wishes.ts';

/** What a page has from its first moment to its last. */
export interface Page {
  readonly room: string;
  /** The name that the address says, or ''. */
  readonly name: string;
  /** Whether to join at once. */
  readonly isHasty: boolean;
  readonly menus: DeviceMenus;
  readonly lobby: Lobby;
}

export function createPage(sdk: Sdk): Page {
  const { room, wishes, isHasty } = readAddress();
  void sdk.prepareJoin({ server: location.origin });
  const menus = createDeviceMenus(sdk);
  return { room, name: wishes.name, isHasty, menus, lobby: createLobby(sdk, menus, wishes) };
}
