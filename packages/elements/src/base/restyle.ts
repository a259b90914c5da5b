import { adoptStyles, type CSSResultOrNative } from 'lit';

/**
 * Styles a shadow root that has moved to another document, such as that of a picture-in-picture window: style sheets that were
 * constructed for a document work in no other.
 */
export function restyle(root: ShadowRoot, styles: readonly CSSResultOrNative[]): void {
  const page = root.ownerDocument;
  for (const own of root.querySelectorAll('style[data-parley]')) own.remove();
  if (page === document) {
    adoptStyles(root, Array.from(styles));
    return;
  }
  for (const style of styles) {
    const element = page.createElement('style');
    element.dataset['parley'] = '';
    element.textContent = 'cssText' in style ? style.cssText : '';
    root.append(element);
  }
}
