import type { ViewedStream } from '../media/viewed-stream.ts';

/** Attaches, unless the view has closed by itself meanwhile. Returns what ends it. */
export function attachIfOpen(view: ViewedStream, element: HTMLMediaElement): () => void {
  return view.connectionState === 'closed' ? () => {} : view.attach(element);
}
