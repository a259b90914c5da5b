import { isRightToLeft } from './is-right-to-left.ts';

const gapPx = 8;

/** Moves a fixed box above or below an anchor, wherever there is more room, and keeps it within the window. */
export function placeBeside(box: HTMLElement, anchor: Element): void {
  const at = anchor.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const { clientWidth, clientHeight } = box.ownerDocument.documentElement;
  const isAbove = at.top > clientHeight - at.bottom;
  const top = isAbove ? at.top - gapPx - height : at.bottom + gapPx;
  const left = isRightToLeft(box) ? at.right - width : at.left;
  box.style.left = `${within(left, clientWidth - width)}px`;
  box.style.top = `${within(top, clientHeight - height)}px`;
}

function within(at: number, most: number): number {
  return Math.max(gapPx, Math.min(at, most - gapPx));
}
