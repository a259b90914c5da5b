/**
 * Calls `onResize` when the size of an element changes. The observer belongs to the element's own window: that of a hidden
 * page would not notice what happens in its picture-in-picture window.
 */
export function sizeObserver(element: Element, onResize: () => void): ResizeObserver | undefined {
  const { defaultView } = element.ownerDocument;
  return defaultView && 'ResizeObserver' in defaultView
    ? new defaultView.ResizeObserver(onResize)
    : undefined;
}
