/**
 * Focuses the heading of the call, because the join button is gone, and again whenever a notice disappears while its
 * button has the focus. Tab then continues from the heading. The returned function stops this.
 */
export function keepFocus(heading: HTMLElement): () => void {
  heading.focus();
  /** The button of a notice that has the focus. */
  let focused: Element | null = null;
  const onFocusIn = ({ target }: FocusEvent): void => {
    focused = target instanceof Element && target.closest('.banner, .empty') ? target : null;
  };
  const notices = new MutationObserver(() => {
    if (!focused || (focused.isConnected && !focused.closest('[hidden]'))) return;
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === focused) heading.focus();
    focused = null;
  });
  document.addEventListener('focusin', onFocusIn);
  notices.observe(document.body, { subtree: true, childList: true, attributeFilter: ['hidden'] });
  return () => {
    document.removeEventListener('focusin', onFocusIn);
    notices.disconnect();
  };
}
