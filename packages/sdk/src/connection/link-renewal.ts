import { NotFoundError, type Log } from '@parley-rtc/client';
import { isRefused } from '../waiting/is-refused.ts';
import { renewalBudgetMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import type { Purpose, StreamLink } from './stream-link.ts';

/** Keeps an open stream or view alive. */
export interface LinkRenewal {
  /** The network or the page is back: checks the connection immediately. */
  check(): void;
  /**
   * Negotiates again after the server lost the stream or view (`reopen`) or only its path (`restart`), or because another server takes
   * it over (`move`).
   */
  renew(purpose: Exclude<Purpose, 'open'>): void;
}

export interface LinkRenewalOptions {
  readonly link: Pick<StreamLink, 'check' | 'negotiate' | 'isClosed' | 'closing'>;
  /** Whether the server counts us as present. While it does not, renewal neither tries nor fails. */
  readonly isInside: () => boolean;
  readonly onRenewed: (purpose: Purpose) => void;
  readonly onFailed: (cause: unknown) => void;
  readonly log?: Log | undefined;
}

/** Creates the renewal of one link, which retries for at most 30 s. */
export function createLinkRenewal({
  link,
  isInside,
  onRenewed,
  onFailed,
  log,
}: LinkRenewalOptions): LinkRenewal {
  let isRenewing = false;
  let requested: Exclude<Purpose, 'open'> | undefined;
  const isIdle = () => link.isClosed || !isInside() || requested === undefined;
  const negotiate = async () => {
    const purpose = requested;
    if (isIdle() || purpose === undefined) return;
    log?.('info', 'negotiating again', { purpose });
    try {
      await link.negotiate(purpose);
    } catch (error) {
      log?.('warn', 'not negotiated', { purpose }, error);
      if (purpose !== 'reopen' && error instanceof NotFoundError) requested = 'reopen';
      throw error;
    }
    if (purpose === requested) requested = undefined;
    onRenewed(purpose);
  };
  const run = async () => {
    try {
      // Events arrive in batches: the next one may say that the server has dropped us, and that rejoining comes first.
      await Promise.resolve();
      // Serves a request that arrives during a negotiation next.
      while (!isIdle()) {
        await retry(negotiate, {
          signal: link.closing,
          budgetMs: renewalBudgetMs,
          isFinal: (error) => isIdle() || isFinal(error),
        });
      }
    } catch (error) {
      if (!isIdle()) onFailed(error);
    } finally {
      isRenewing = false;
    }
  };
  return {
    check: () => link.check(),
    renew: (purpose) => {
      requested = purpose;
      if (isRenewing || isIdle()) return;
      isRenewing = true;
      void run();
    },
  };
}

/** 400 and 404 may only mean that the server has dropped us and is about to say so. */
function isFinal(error: unknown): boolean {
  return isRefused(error) && error.status !== 404 && error.status !== 400;
}
