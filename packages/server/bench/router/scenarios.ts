import type { LoadLayer } from './load-publisher.ts';
import type { ParleySetUp } from './parley-under-load.ts';

/** The number of publishers and viewers, and the properties of their links. */
export interface Scenario {
  readonly name: string;
  readonly publishers: number;
  readonly viewersEach: number;
  /** Packet loss on each path, 0 to 1. */
  readonly lossRatio: number;
  readonly layers: readonly LoadLayer[];
  /** How fast publishers send, compared with their usual 170 packets of the largest layer a second. Default 1. */
  readonly pace?: number;
  /** Whether viewers report when each packet arrived. */
  readonly hasFeedback: boolean;
  /** Our router's configuration where it differs from the default; Janus gets the same load. */
  readonly setUp?: ParleySetUp;
}

const single: readonly LoadLayer[] = [{ packetsPerFrame: 4 }];
const simulcast: readonly LoadLayer[] = [
  { rid: 'q', packetsPerFrame: 1 },
  { rid: 'h', packetsPerFrame: 2 },
  { rid: 'f', packetsPerFrame: 4 },
];

const loss = { lossRatio: 0.02 };
const oneToFew = { publishers: 1, viewersEach: 1, lossRatio: 0, layers: single, hasFeedback: true };
/** Twenty calls of two. */
const pairs = { ...oneToFew, publishers: 40 };
const oneToMany = { ...oneToFew, viewersEach: 50 };
const eachToEach = { ...oneToFew, publishers: 8, viewersEach: 8 };
const layered = { ...oneToFew, viewersEach: 25, layers: simulcast };

/**
 * One publisher to one and to many viewers, and many to many, with one layer and with three; each with 2 % packet loss
 * as well.
 */
export const scenarios: readonly Scenario[] = [
  { ...oneToFew, name: '1 to 1' },
  { ...pairs, name: '40 times 1 to 1' },
  { ...pairs, ...loss, name: '40 times 1 to 1, 2 % loss' },
  { ...oneToMany, name: '1 to 50' },
  { ...oneToMany, hasFeedback: false, name: '1 to 50, no feedback' },
  { ...oneToMany, ...loss, name: '1 to 50, 2 % loss' },
  { ...eachToEach, name: '8 to 8' },
  { ...eachToEach, ...loss, name: '8 to 8, 2 % loss' },
  { ...layered, name: '1 to 25, simulcast' },
  { ...layered, ...loss, name: '1 to 25, simulcast, 2 % loss' },
  { ...oneToMany, setUp: { udpPort: 41_234 }, name: '1 to 50, one UDP port' },
  { ...pairs, setUp: { udpPort: 41_235 }, name: '40 times 1 to 1, one UDP port' },
  { ...eachToEach, setUp: { processes: 2 }, name: '8 to 8, two processes' },
];
