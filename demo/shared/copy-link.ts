/** Copies the room's link. Resolves with false if the page may not write to the clipboard. */
export async function copyLink(room: string): Promise<boolean> {
  const link = new URL(`?${new URLSearchParams({ room })}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    return true;
  } catch {
    // Without clipboard permission, let the user copy the link by hand.
    window.prompt('Copy this link:', link);
    return false;
  }
}
