/**
 * Moves the focus into a panel that has opened, and closes it at Escape. The returned function brings the focus back to
 * where it was.
 */
export function enterPanel(panel: HTMLElement, onClose: () => void): () => void {
  const before = document.activeElement;
  const onKey = ({ key }: KeyboardEvent) => {
    if (key === 'Escape') onClose();
  };
  panel.addEventListener('keydown', onKey);
  panel.querySelector<HTMLElement>('input, select')?.focus();
  return () => {
    panel.removeEventListener('keydown', onKey);
    // Only if nobody has moved it elsewhere meanwhile.
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && !panel.contains(activeElement)) return;
    if (before instanceof HTMLElement) before.focus();
  };
}
