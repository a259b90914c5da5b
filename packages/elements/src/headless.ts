export { floatingCornerNear } from './layout/corners.ts';
export { fitOf } from './layout/fit-of.ts';
export { layOut } from './layout/lay-out.ts';
export type {
  FloatingCorner,
  Layout,
  LayoutInput,
  LayoutTile,
  Place,
  PlacedTile,
  TileRole,
} from './layout/layout.ts';
export { emptyTileOrder, orderTiles, type TileOrder, type TileOrderInput } from './layout/order-tiles.ts';
export {
  backgrounds,
  type Background,
  type BackgroundsState,
  type BackgroundsStore,
} from './page/backgrounds.ts';
export { callOf, type Call } from './stores/call-of.ts';
export {
  chatTopic,
  maxChatCharacters,
  type ChatLine,
  type ChatState,
  type ChatStore,
} from './stores/create-chat.ts';
export type { InsightState, InsightStore } from './stores/create-insight.ts';
export { createLobby, type LobbyState, type LobbyStore } from './stores/create-lobby.ts';
export type { MediaSelection } from './page/remembered.ts';
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
export type { ViewChoice, ViewQuality, ViewsState, ViewsStore } from './stores/create-views.ts';
export type { OwnMedia, OwnWarnings } from './stores/own-media.ts';
export { pageDevices, type PageDevices, type PageDevicesStore } from './page/page-devices.ts';
export { preferences, type Preferences, type PreferencesStore } from './page/preferences.ts';
export type { Store } from './page/store.ts';
export type { Tile } from './stores/tiles-of.ts';
export { createStage, type StageShape, type StageState, type StageStore } from './stores/create-stage.ts';
export {
  createVisit,
  type Luggage,
  type VisitEnding,
  type VisitState,
  type VisitStore,
} from './stores/create-visit.ts';
export { chooseDevice, deviceOptionsOf, type DeviceOptions } from './page/device-options.ts';
export type { VisitOptions } from './stores/visit-options.ts';
export { errorText } from './texts/error-text.ts';
export { textsIn } from './texts/languages.ts';
