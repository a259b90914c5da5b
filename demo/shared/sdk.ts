import type * as Parley from '@parley-rtc/sdk';

/**
 * The part of the SDK that the shared code calls. Pages pass it in, because one page has the SDK as the global `Parley`
 * and the others import it. The shared code itself imports only types.
 */
export type Sdk = Pick<
  typeof Parley,
  | 'createDevices'
  | 'createLevelMeter'
  | 'createPreview'
  | 'messageListOf'
  | 'prepareJoin'
  | 'redeemTicket'
  | 'selectMuted'
  | 'selectOnHold'
  | 'selectSelf'
  | 'watchMedia'
  | 'withSchemas'
>;
