/**
 * Moves the focus into an open panel and closes the panel on Escape. The returned function restores the focus.
 */
export function focusPanel(panel: HTMLElement, onClose: () => void): () => void {
  const before = document.activeElement;
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') onClose();
  };
  panel.addEventListener('keydown', onKey);
  panel.querySelector<HTMLElement>('input, select')?.focus();
  return () => {
    panel.removeEventListener('keydown', onKey);
    // Restore the focus only if the user has not moved it elsewhere.
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && !panel.contains(activeElement)) return;
    if (before instanceof HTMLElement) before.focus();
  };
}
