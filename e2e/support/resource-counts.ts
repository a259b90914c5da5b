import type { Page } from '@playwright/test';
import { apiPort, demoUrl } from './addresses.ts';

/** Resources that a page and its server hold after garbage collection. */
export interface ResourceCounts {
  /** Open peer connections. */
  readonly openPeerConnections: number;
  /** Peer connections that the browser still keeps, including closed ones. */
  readonly peerConnectionObjects: number;
  readonly eventListeners: number;
  readonly domNodes: number;
  readonly documents: number;
  /** Pending timers of the page. */
  readonly timers: number;
  /** Pending requests of the page. */
  readonly requests: number;
  readonly heapBytes: number;
  readonly serverParticipants: number;
  readonly serverStreams: number;
  readonly serverViewers: number;
  readonly serverParkedPolls: number;
}

declare global {
  interface Window {
    readonly leakProbe: { count: () => Pick<ResourceCounts, 'openPeerConnections' | 'timers' | 'requests'> };
  }
}

/** Counts what browsers do not report: timers, requests, open connections. Passed to the page as text, before its scripts. */
export function installLeakProbe(): void {
  let openPeerConnections = 0;
  let requests = 0;
  const timers = new Set<number>();
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      openPeerConnections += 1;
    }
    override close(): void {
      if (this.signalingState !== 'closed') openPeerConnections -= 1;
      super.close();
    }
  };
  const startTimeout = window.setTimeout.bind(window);
  const endTimeout = window.clearTimeout.bind(window);
  const startInterval = window.setInterval.bind(window);
  const endInterval = window.clearInterval.bind(window);
  const send = window.fetch.bind(window);
  Object.assign(window, {
    setTimeout: (handler: (...rest: unknown[]) => void, delayMs?: number, ...rest: unknown[]): number => {
      const id = startTimeout(() => {
        timers.delete(id);
        handler(...rest);
      }, delayMs);
      timers.add(id);
      return id;
    },
    clearTimeout: (id: number): void => {
      timers.delete(id);
      endTimeout(id);
    },
    setInterval: (handler: () => void, delayMs?: number): number => {
      const id = startInterval(handler, delayMs);
      timers.add(id);
      return id;
    },
    clearInterval: (id: number): void => {
      timers.delete(id);
      endInterval(id);
    },
  });
  window.fetch = async (...request) => {
    requests += 1;
    try {
      return await send(...request);
    } finally {
      requests -= 1;
    }
  };
  Object.assign(window, {
    leakProbe: { count: () => ({ openPeerConnections, timers: timers.size, requests }) },
  });
}

/** Counts after garbage collection. */
export async function countResources(page: Page): Promise<ResourceCounts> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('Performance.enable');
    // Objects freed by one collection in the browser may release objects in the page for the next one.
    for (let round = 0; round < 3; round += 1) {
      await devtools.send('HeapProfiler.collectGarbage');
      await page.waitForTimeout(100);
    }
    const { metrics } = await devtools.send('Performance.getMetrics');
    const metric = (name: string) => present(name, metrics.find((one) => one.name === name)?.value);
    const gauges = await serverGauges();
    return {
      ...(await page.evaluate(() => window.leakProbe.count())),
      peerConnectionObjects: metric('RTCPeerConnections'),
      eventListeners: metric('JSEventListeners'),
      domNodes: metric('Nodes'),
      documents: metric('Documents'),
      heapBytes: metric('JSHeapUsedSize'),
      serverParticipants: gauges('parley_participants'),
      serverStreams: gauges('parley_streams'),
      serverViewers: gauges('parley_viewers'),
      serverParkedPolls: gauges('parley_parked_polls'),
    };
  } finally {
    await devtools.detach();
  }
}

async function serverGauges(): Promise<(name: string) => number> {
  const { hostname } = new URL(demoUrl);
  const text = await (await fetch(`http://${hostname}:${apiPort}/metrics`)).text();
  return (name) => {
    const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
    return present(name, value === undefined ? undefined : Number(value));
  };
}

function present(name: string, value: number | undefined): number {
  if (value === undefined) throw new Error(`There is no value of ${name}.`);
  return value;
}
