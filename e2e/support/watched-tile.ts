// Runs in pages. Passed to the browser as text, so it must not use anything outside itself.

declare global {
  interface Window {
    tile: HTMLVideoElement;
    /** Times of the tile's frames, in milliseconds since the epoch. */
    frameTimesMs: number[];
    /** The server's certificate fingerprint of each open connection, in order. */
    serverFingerprints: () => string[];
  }
}

/** Creates a tile that shows the newest view, as an app would, and records the time of each frame. */
export function watchTile(): void {
  const tile = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  Object.assign(tile.style, { display: 'block', width: '320px', height: '180px' });
  document.body.replaceChildren(tile);
  const frameTimesMs: number[] = [];
  const note = () => {
    frameTimesMs.push(Date.now());
    tile.requestVideoFrameCallback(note);
  };
  tile.requestVideoFrameCallback(note);
  const { views } = window;
  const set = views.set.bind(views);
  views.set = (streamId, view) => {
    view.attach(tile);
    return set(streamId, view);
  };
  for (const [streamId, view] of views) views.set(streamId, view);
  const serverFingerprints = () =>
    window.probe
      .peerConnections()
      .filter(({ connectionState }) => connectionState !== 'closed')
      .map((peer) => /a=fingerprint:(.+)/.exec(peer.currentRemoteDescription?.sdp ?? '')?.[1] ?? '');
  Object.assign(window, { tile, frameTimesMs, serverFingerprints });
}
