/**
 * What a framework's hooks or composables need beside the SDK itself; React's and Vue's are made of it. Import it as
 * `@parley-rtc/sdk/bindings` to bind another framework.
 */
export { type ConferenceStatus, statusOf } from './bindings/conference-status.ts';
export { hold, type Holding } from './bindings/hold.ts';
export { isAboutView } from './bindings/is-about-view.ts';
export { attachIfOpen } from './bindings/attach-if-open.ts';
