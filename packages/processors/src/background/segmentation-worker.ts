import { createPainter, type Paint } from './create-painter.ts';
import { loadSegmenter, NotLoaded } from './load-segmenter.ts';
import type { SegmentationOrder, SegmentationReport } from './worker-messages.ts';

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  addEventListener(type: 'message', listener: (event: MessageEvent<SegmentationOrder>) => void): void;
  postMessage(report: SegmentationReport, transfer: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
let paint: Paint | undefined;

scope.addEventListener('message', ({ data: order }) => {
  void answer(order).then(
    (report) => scope.postMessage(report, report.type === 'drawn' ? [report.image] : []),
    (error: unknown) => scope.postMessage(failure(error), []),
  );
});

async function answer(order: SegmentationOrder): Promise<SegmentationReport> {
  if (order.type === 'start') {
    paint = createPainter(await loadSegmenter(order.urls), order.effect);
    return { type: 'started' };
  }
  try {
    if (!paint) throw new Error('The worker has not started.');
    return { type: 'drawn', image: paint(order.frame, order) };
  } finally {
    order.frame.close();
  }
}

function failure(error: unknown): SegmentationReport {
  const reason = error instanceof Error ? error.message : String(error);
  return error instanceof NotLoaded
    ? { type: 'not-loaded', url: error.url, reason }
    : { type: 'failed', reason };
}
