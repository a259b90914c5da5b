export type { Layout, LayoutInput, LayoutTile, PlacedTile, TileRole } from './layout/layout.ts';
export { callOf, type Call } from './stores/call-of.ts';
export {
  chatTopic,
  maxChatCharacters,
  type ChatLine,
  type ChatState,
  type ChatStore,
} from './stores/create-chat.ts';
export type { InsightState, InsightStore } from './stores/create-insight.ts';
export { createLobby, type LobbyState, type LobbyStore, type MediaSelection } from './stores/create-lobby.ts';
export type { Notice, NoticeContent, NoticesState, NoticesStore } from './stores/create-notices.ts';
export {
  reactionEmojis,
  reactionTopic,
  type Reaction,
  type ReactionEmoji,
  type ReactionsState,
  type ReactionsStore,
} from './stores/create-reactions.ts';
export type { TilesState, TilesStore } from './stores/create-tiles.ts';
export type { ViewsState, ViewsStore } from './stores/create-views.ts';
export type { OwnMedia, OwnWarnings } from './stores/own-media.ts';
export { pageDevices, type PageDevices, type PageDevicesStore } from './stores/page-devices.ts';
export { preferences, type Preferences, type PreferencesStore } from './stores/preferences.ts';
export type { Store } from './stores/store.ts';
export type { Tile } from './stores/tiles-of.ts';
