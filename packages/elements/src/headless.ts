export type { Layout, LayoutInput, LayoutTile, PlacedTile, TileRole } from './layout/layout.ts';
