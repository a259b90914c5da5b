// The contents of the global `Parley` for script tags. Exporting `browserDetails` keeps the adapter in the bundle: the
// package is marked free of side effects, so bundlers may drop a bare import.
export * from './index.ts';
export { browserDetails } from './connection/browser-adapter.ts';
