/**
 * Gives the focus to the heading of the call, since the button that led here is gone, and again whenever a notice goes
 * away with the focus on its button: Tab goes on from there. Until the returned function is called.
 */
export function keepFocus(heading: HTMLElement): () => void {
  heading.focus();
  /** The button of a notice, while it has the focus. */
  let focused: Element | null = null;
  const note = ({ target }: FocusEvent): void => {
    focused = target instanceof Element && target.closest('.banner, .empty') ? target : null;
  };
  const notices = new MutationObserver(() => {
    if (!focused || (focused.isConnected && !focused.closest('[hidden]'))) return;
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === focused) heading.focus();
    focused = null;
  });
  document.addEventListener('focusin', note);
  notices.observe(document.body, { subtree: true, childList: true, attributeFilter: ['hidden'] });
  return () => {
    document.removeEventListener('focusin', note);
    notices.disconnect();
  };
}
