import { tryLevelMeter, type LevelMeter } from '../preview/level-meter.ts';

interface Measured {
  readonly track: MediaStreamTrack;
  /** Undefined where the browser cannot measure the track. */
  readonly meter: LevelMeter | undefined;
}

/** Measures how loud our own audio is where the statistics do not say, as in Firefox. */
export class OwnLevels {
  readonly #measured = new Map<string, Measured>();
  #isClosed = false;

  /** The loudness of a stream that sends `track`, 0 to 1; undefined while it cannot be measured. */
  levelOf(streamId: string, track: MediaStreamTrack): number | undefined {
    // A reading of the statistics may end after the watching did.
    if (this.#isClosed) return undefined;
    const known = this.#measured.get(streamId);
    if (known?.track === track) return known.meter?.isRunning ? known.meter.level : undefined;
    known?.meter?.stop();
    this.#measured.set(streamId, { track, meter: tryLevelMeter(new MediaStream([track])) });
    return undefined;
  }

  /** Stops measuring a stream. */
  forget(streamId: string): void {
    this.#measured.get(streamId)?.meter?.stop();
    this.#measured.delete(streamId);
  }

  close(): void {
    this.#isClosed = true;
    for (const streamId of this.#measured.keys()) this.forget(streamId);
  }
}
