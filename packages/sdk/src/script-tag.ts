// Everything that a script tag gets, as the global `Parley`. Exporting the details keeps the adapter in the bundle:
// the package is free of side effects, so a bare import of it could be dropped.
export * from './index.ts';
export { browserDetails } from './media/browser-adapter.ts';
