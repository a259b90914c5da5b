import type { TrackKind } from '../stream-kinds.ts';
import { isRefused } from '../waiting/is-refused.ts';
import { renewalBudgetMs } from '../waiting/recovery-policy.ts';
import { retry } from '../waiting/retry.ts';
import type { PublishCalls } from './publish-calls.ts';

/** What the server accepted last for each kind, or the request that may or may not have arrived. */
type Entries = Map<TrackKind, boolean | Promise<void>>;

/** The entries of one published stream in the conference's metadata, which say what is muted. */
export class MuteEntries {
  readonly #setMuted: PublishCalls['setMuted'];
  readonly #streamId: () => string;
  readonly #entries = new Map<string, Entries>();

  constructor(streamId: () => string, setMuted: PublishCalls['setMuted']) {
    this.#streamId = streamId;
    this.#setMuted = setMuted;
  }

  /** Whether the server is known to say so. */
  says(kind: TrackKind, isMuted: boolean): boolean {
    return (this.#entriesOf(this.#streamId()).get(kind) ?? false) === isMuted;
  }

  /** Takes note of what the server says now, although we did not write it. */
  note(kind: TrackKind, isMuted: boolean): void {
    this.#entriesOf(this.#streamId()).set(kind, isMuted);
  }

  /**
   * Sets or removes the entry of a kind, under whatever id the stream then has. Retries until the server has it, refuses it,
   * or `signal` aborts. Never aborts a running request: a late one could undo a newer one.
   */
  async announce(
    kind: TrackKind,
    isMuted: boolean,
    signal: AbortSignal,
    budgetMs: number = Infinity,
  ): Promise<void> {
    const attempt = async () => {
      // The stream may get another id while the request is under way.
      while (!this.says(kind, isMuted)) await this.#set(this.#streamId(), kind, isMuted);
    };
    await retry(attempt, { signal, budgetMs, isFinal: isLastingRefusal });
  }

  /** Sets the entry before the stream is published under `streamId`, so that no viewer sees it unmuted. Never rejects. */
  async announceAhead(streamId: string, kind: TrackKind): Promise<void> {
    // On failure, `announce` tries again once the stream is published.
    await this.#set(streamId, kind, true).catch(() => {});
  }

  /** Removes all entries of a stream that ended or that has another id now, because nobody else would. Never rejects. */
  async forget(streamId: string): Promise<void> {
    const entries = this.#entriesOf(streamId);
    this.#entries.delete(streamId);
    const { signal } = new AbortController();
    const remove = async (kind: TrackKind, entry: boolean | Promise<void>) => {
      // Or the removal would overtake it.
      if (typeof entry === 'object') await entry.catch(() => {});
      await retry(() => this.#setMuted(streamId, kind, false), { signal, budgetMs: renewalBudgetMs });
    };
    const set = [...entries].filter(([, entry]) => entry !== false);
    await Promise.allSettled(set.map(([kind, entry]) => remove(kind, entry)));
  }

  async #set(streamId: string, kind: TrackKind, isMuted: boolean): Promise<void> {
    const entries = this.#entriesOf(streamId);
    const request = this.#setMuted(streamId, kind, isMuted);
    entries.set(kind, request);
    await request;
    entries.set(kind, isMuted);
  }

  #entriesOf(streamId: string): Entries {
    const entries = this.#entries.get(streamId) ?? new Map<TrackKind, boolean | Promise<void>>();
    this.#entries.set(streamId, entries);
    return entries;
  }
}

/** Without the limit, 400 and 404 say that the server has dropped us; rejoining comes first, then the entry. */
function isLastingRefusal(error: unknown): boolean {
  if (!isRefused(error)) return false;
  return (error.status !== 400 && error.status !== 404) || error.serverError === 'limit_exceeded';
}
