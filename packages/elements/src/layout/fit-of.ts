import type { LayoutTile } from './layout.ts';

/**
 * Returns how a video fills its place, both given as width divided by height: `cover` crops it, `contain` shows all of it.
 *
 * A camera is cropped as long as the person in it stays recognizable. That allows cutting much off the sides, but little off
 * the head: a portrait video is shown whole in a wide place. A screen is always shown whole.
 */
export function fitOf(
  videoAspect: number | undefined,
  placeAspect: number,
  kind: LayoutTile['kind'] = 'camera',
): 'cover' | 'contain' {
  if (kind === 'screen') return 'contain';
  if (videoAspect === undefined) return 'cover';
  const shown = Math.min(videoAspect / placeAspect, placeAspect / videoAspect);
  return shown >= leastShown(videoAspect, placeAspect) ? 'cover' : 'contain';
}

/** Returns which part of a video must stay visible when it is cropped. */
function leastShown(videoAspect: number, placeAspect: number): number {
  // Cutting off the sides: 16:9 fills even the narrowest tile of a grid, 3:4.
  if (videoAspect > placeAspect) return 0.4;
  // Cutting off top and bottom: 4:3 fills 16:9, but a portrait video keeps head and shoulders.
  return videoAspect < 1 ? 0.85 : 0.7;
}
