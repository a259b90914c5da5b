import type * as Parley from '@parley-rtc/sdk';

/**
 * The part of the SDK that the shared code calls. It is handed over, because one page has the SDK as the global
 * `Parley` and the others import it; the shared code itself imports its types only.
 */
export type Sdk = Pick<
  typeof Parley,
  | 'createDevices'
  | 'createLevelMeter'
  | 'createPreview'
  | 'prepareJoin'
  | 'redeemTicket'
  | 'selectMuted'
  | 'selectOnHold'
  | 'selectSelf'
  | 'videoFrameProcessor'
  | 'watchMedia'
  | 'withSchemas'
>;
