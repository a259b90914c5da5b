// oxlint-disable-next-line typescript/triple-slash-reference -- other packages compile this file from its source
/// <reference path="./inlined-worker.d.ts" />
import { ProcessorAssetsError, ProcessorFailedError } from '../errors/processor-errors.ts';
import type { Size } from './cover.ts';
import type { Effect } from './effect.ts';
// oxlint-disable-next-line import/default -- the build generates it
import InlinedWorker from './segmentation-worker.ts?worker&inline';
import type { SegmentationOrder, SegmentationReport, SegmentationUrls } from './worker-messages.ts';

const restart = 'Set the processor again. If it keeps failing, publish without it.';
const allowWorker = "Allow worker-src blob: in the page's Content-Security-Policy.";

/** Replaces backgrounds in a worker, which keeps the page's thread free. Ends, and frees everything, when `signal` aborts. */
export class Segmentation {
  readonly #worker: Worker;
  readonly #ended = new AbortController();

  private constructor(worker: Worker, signal: AbortSignal) {
    this.#worker = worker;
    worker.addEventListener('error', (event) => {
      // When the worker may not start, browsers fire a plain event without a message.
      const cause: unknown = event.error ?? event.message;
      const hint = event.message ? restart : allowWorker;
      this.#end(new ProcessorFailedError('The worker of the background failed.', hint, { cause }));
    });
    signal.addEventListener('abort', () => this.#end(signal.reason));
    if (signal.aborted) this.#end(signal.reason);
  }

  /**
   * Starts a worker and loads its files. Takes over the image of the effect.
   *
   * @throws ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`), ProcessorFailedError (`ERR_PROCESSOR_FAILED`).
   */
  static async start(urls: SegmentationUrls, effect: Effect, signal: AbortSignal): Promise<Segmentation> {
    const segmentation = new Segmentation(createWorker(), signal);
    await segmentation.#order({ type: 'start', urls, effect }, effect.kind === 'image' ? [effect.image] : []);
    return segmentation;
  }

  /** Draws one frame. After a failure it rejects for good. @throws ProcessorFailedError (`ERR_PROCESSOR_FAILED`). */
  async draw(source: CanvasImageSource, { width, height }: Size): Promise<ImageBitmap> {
    const frame =
      typeof VideoFrame !== 'undefined' && source instanceof VideoFrame
        ? source.clone()
        : await createImageBitmap(source);
    const report = await this.#order({ type: 'frame', frame, width, height }, [frame]);
    if (report.type === 'drawn') return report.image;
    throw this.#end(new ProcessorFailedError(`The worker reported “${report.type}”.`, restart));
  }

  /** Sends an order, and returns its report. There is at most one order at a time. */
  async #order(order: SegmentationOrder, transfer: Transferable[]): Promise<SegmentationReport> {
    const { signal } = this.#ended;
    signal.throwIfAborted();
    const answered = new AbortController();
    const report = await new Promise<SegmentationReport>((resolve, reject) => {
      const once = { signal: answered.signal };
      signal.addEventListener('abort', () => reject(signal.reason as Error), once);
      this.#worker.addEventListener(
        'message',
        ({ data }: MessageEvent<SegmentationReport>) => resolve(data),
        once,
      );
      this.#worker.postMessage(order, transfer);
    }).finally(() => answered.abort());
    if (report.type === 'not-loaded') {
      throw this.#end(new ProcessorAssetsError(report.url, { cause: new Error(report.reason) }));
    }
    if (report.type === 'failed') {
      const cause = new Error(report.reason);
      throw this.#end(new ProcessorFailedError('The background could not be replaced.', restart, { cause }));
    }
    return report;
  }

  /** Terminates the worker with its WebAssembly, model and canvases. Returns `reason`. */
  #end<Reason>(reason: Reason): Reason {
    if (!this.#ended.signal.aborted) this.#ended.abort(reason);
    this.#worker.terminate();
    return reason;
  }
}

function createWorker(): Worker {
  try {
    return new InlinedWorker();
  } catch (cause) {
    throw new ProcessorFailedError('The worker of the background could not be created.', allowWorker, {
      cause,
    });
  }
}
