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
