import type { FaultPlan } from '@parley-rtc/testing';

/** Plans to choose from, by title. Any of them can be changed before it starts. */
export const faultPlans: readonly (FaultPlan & { readonly title: string })[] = [
  {
    title: 'A tunnel',
    seed: 1,
    faults: [{ at: '1s', for: '10s', kind: 'network', effect: 'lost' }],
  },
  {
    title: 'A busy server',
    seed: 1,
    faults: [
      { at: '1s', for: '20s', kind: 'http', effect: 'status', status: 503, retryAfter: '2s', share: 0.4 },
      { at: '5s', for: '10s', kind: 'http', effect: 'late', delay: '3s', share: 0.3 },
    ],
  },
  {
    title: 'Events that do not arrive',
    seed: 1,
    faults: [
      { at: '1s', kind: 'feed', effect: 'cut' },
      { at: '4s', for: '30s', kind: 'feed', effect: 'stalled' },
    ],
  },
  {
    title: 'Media connections that break',
    seed: 1,
    faults: [
      { at: '1s', kind: 'peer', effect: 'failed', direction: 'view' },
      { at: '6s', for: '10s', kind: 'peer', effect: 'disconnected', direction: 'publish' },
    ],
  },
  {
    title: 'A loose camera cable',
    seed: 1,
    faults: [{ at: '1s', for: '8s', kind: 'device', device: 'camera', effect: 'unplugged' }],
  },
];
