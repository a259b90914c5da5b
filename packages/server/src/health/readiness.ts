import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Clock } from '../clock.ts';
import { troubleOf, type Trouble } from './trouble.ts';

/** What {@link Readiness} needs. */
export interface ReadinessOptions {
  readonly clock: Pick<Clock, 'elapsedMs'>;
  /** Writes to the storage; rejects when that is impossible. */
  readonly checkStorage: () => Promise<void>;
  /** Opens a file, which fails when no descriptors are left. Default: a real one. */
  readonly checkDescriptors?: () => void;
  /** Receives each trouble when it begins, and again while it lasts. */
  readonly onTrouble: (trouble: Trouble, error: unknown) => void;
}

/** Load balancers may ask often; the disk is asked less. */
const checkIntervalMs = 2_000;
/** How long one trouble stays out of the log after a line about it. */
const repeatLineMs = 60_000;

/** Whether new calls should come to this server, and one log line for each lack of the machine's resources. */
export class Readiness {
  readonly #options: ReadinessOptions;
  readonly #loggedAtMs = new Map<Trouble['code'], number>();
  #checkedAtMs = -Infinity;
  #trouble: Trouble | undefined;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** The trouble of the machine, found by trying; undefined when there is none. */
  async check(): Promise<Trouble | undefined> {
    const { clock, checkStorage, checkDescriptors = openNothing } = this.#options;
    if (clock.elapsedMs() - this.#checkedAtMs < checkIntervalMs) return this.#trouble;
    this.#checkedAtMs = clock.elapsedMs();
    try {
      checkDescriptors();
      await checkStorage();
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = this.report(error);
    }
    return this.#trouble;
  }

  /** Logs the trouble behind an error, at most once a minute, and returns it; undefined for any other error. */
  report(error: unknown): Trouble | undefined {
    const trouble = troubleOf(error);
    if (!trouble) return undefined;
    const nowMs = this.#options.clock.elapsedMs();
    if (nowMs - (this.#loggedAtMs.get(trouble.code) ?? -Infinity) >= repeatLineMs) {
      this.#loggedAtMs.set(trouble.code, nowMs);
      this.#options.onTrouble(trouble, error);
    }
    return trouble;
  }
}

function openNothing(): void {
  closeSync(openSync(devNull, 'r'));
}
