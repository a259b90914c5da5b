/** Copies the address that leads others into the room; true when the clipboard took it. */
export async function copyLink(room: string): Promise<boolean> {
  const link = new URL(`?${new URLSearchParams({ room })}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    return true;
  } catch {
    // Without the right to write the clipboard: hand it over for copying by hand.
    window.prompt('Copy this link:', link);
    return false;
  }
}
