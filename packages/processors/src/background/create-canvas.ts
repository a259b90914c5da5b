import type { Size } from './cover.ts';

/** A canvas to draw on; resized only when its size changes, because that clears it and is slow. */
export interface Canvas {
  readonly canvas: OffscreenCanvas;
  /** The context, after the canvas has this size. */
  sized(size: Size): OffscreenCanvasRenderingContext2D;
}

/** Creates a canvas. One whose pixels are read stays in main memory. */
export function createCanvas({ isRead = false }: { isRead?: boolean } = {}): Canvas {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: isRead });
  if (!context) throw new Error('A worker of this browser cannot draw.');
  return {
    canvas,
    sized({ width, height }) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      return context;
    },
  };
}
