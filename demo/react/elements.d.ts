import type { Conference } from '@parley-rtc/sdk';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      /** The drawer that explains this demo. */
      'how-it-works': { readonly conference: Conference };
    }
  }
}
