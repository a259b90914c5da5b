import { elementIds, openElement, readElementHeader, voidElement } from './ebml.ts';

/**
 * Changes what the muxer appends, so that the file plays at any moment: the muxer writes sizes, duration and positions
 * as 0, and corrects them when the file ends, which a killed process never does. Until then, sizes are unknown, and the
 * rest is hidden.
 */
export function unfinishedWebm(appended: Uint8Array): Uint8Array {
  const first = readElementHeader(appended, 0);
  if (first?.id !== elementIds.segment && first?.id !== elementIds.cluster) return appended;
  const copy = Uint8Array.from(appended);
  let position = 0;
  for (;;) {
    const element = readElementHeader(copy, position);
    if (!element) return copy;
    const contentAt = position + element.headerBytes;
    switch (element.id) {
      case elementIds.segment:
        openElement(copy, position, element);
        position = contentAt;
        break;
      case elementIds.info:
        position = contentAt;
        break;
      case elementIds.cluster:
        openElement(copy, position, element);
        return copy;
      case elementIds.seekHead:
      case elementIds.duration:
        voidElement(copy, position, element);
        position = contentAt + element.size;
        break;
      default:
        position = contentAt + element.size;
    }
  }
}
