/** Lets an element fill the screen, or nothing if anything does. A browser that refuses says so itself. */
export function toggleFullScreen(element: Element): void {
  const document = element.ownerDocument;
  const change = document.fullscreenElement ? document.exitFullscreen() : element.requestFullscreen();
  change.catch(() => undefined);
}
