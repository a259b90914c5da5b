import type { backgroundAssets } from '../asset-names.ts';
import type { Effect } from './effect.ts';

/** Absolute URLs of the files that the worker loads. */
export type SegmentationUrls = Readonly<Record<keyof typeof backgroundAssets, string>>;

/** From the page. The worker answers each order with one report, in order. */
export type SegmentationOrder =
  | { readonly type: 'start'; readonly urls: SegmentationUrls; readonly effect: Effect }
  | {
      readonly type: 'frame';
      readonly frame: VideoFrame | ImageBitmap;
      readonly width: number;
      readonly height: number;
    };

/** From the worker. */
export type SegmentationReport =
  | { readonly type: 'started' }
  | { readonly type: 'not-loaded'; readonly url: string; readonly reason: string }
  | { readonly type: 'drawn'; readonly image: ImageBitmap }
  | { readonly type: 'failed'; readonly reason: string };
