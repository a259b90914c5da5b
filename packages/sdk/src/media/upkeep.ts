import { HttpError, NotFoundError } from '@parley-rtc/client';
import { pause } from '../pause.ts';
import { reconnectDelayMs } from '../reconnect-policy.ts';
import { untilOnline } from '../until-online.ts';
import type { Purpose, StreamLink } from './stream-link.ts';

/** How long something that the server has lost is tried to be given back. Time without a network does not count. */
const budgetMs = 30_000;

/** What the owner of an open stream or view does to keep it alive. */
export interface Upkeep {
  /** The network or the page is back: looks after the connection at once. */
  check(): void;
  /** Negotiates once more with a server that has lost it (`reopen`) or only its path (`restart`). */
  renew(purpose: Exclude<Purpose, 'open'>): void;
}

export interface UpkeepOptions {
  readonly link: Pick<StreamLink, 'check' | 'negotiate' | 'isClosed' | 'closing'>;
  /** Whether the server counts us as present. While it does not, nothing is tried, and nothing is given up. */
  readonly isInside: () => boolean;
  readonly onRenewed: (purpose: Purpose) => void;
  readonly onFailed: () => void;
}

/** The upkeep of one link. Tries to renew it for 30 seconds at most, with jittered pauses. */
export function upkeepOf({ link, isInside, onRenewed, onFailed }: UpkeepOptions): Upkeep {
  let isRenewing = false;
  let wanted: Exclude<Purpose, 'open'> | undefined;
  const isIdle = () => link.isClosed || !isInside() || wanted === undefined;
  const run = async () => {
    let leftMs = budgetMs;
    for (let attempt = 0; wanted; attempt += 1) {
      const startedAtMs = Date.now();
      if (attempt > 0) await pause(reconnectDelayMs(attempt - 1), link.closing);
      const offlineMs = await untilOnline(link.closing);
      if (isIdle()) return;
      const purpose = wanted;
      try {
        await link.negotiate(purpose);
        if (purpose === wanted) wanted = undefined;
        onRenewed(purpose);
      } catch (error) {
        if (isIdle()) return;
        if (purpose === 'restart' && error instanceof NotFoundError) wanted = 'reopen';
        if (isFinal(error)) return onFailed();
        const tookMs = Date.now() - startedAtMs - offlineMs;
        // An attempt in which the network went says nothing of the server; with the network, the next comes at once.
        if ((await untilOnline(link.closing)) > 0) attempt = -1;
        else leftMs -= tookMs;
        if (leftMs <= 0) return onFailed();
      }
    }
  };
  return {
    check: () => link.check(),
    renew: (purpose) => {
      wanted = purpose;
      if (isRenewing || isIdle()) return;
      isRenewing = true;
      void run().finally(() => (isRenewing = false));
    },
  };
}

/** 400 and 404 may only say that the server is about to tell us that we are out. */
function isFinal(error: unknown): boolean {
  return error instanceof HttpError && !error.retryable && error.status !== 404 && error.status !== 400;
}
