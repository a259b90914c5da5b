// Runs in pages, handed to the browser as text; so nothing from outside is used.

declare global {
  interface Window {
    tile: HTMLVideoElement;
    /** When the tile showed its pictures, in milliseconds since the epoch. */
    pictureTimesMs: number[];
    /** The certificate that the server showed on each open connection, in the order of the connections. */
    serverFingerprints: () => string[];
  }
}

/** Makes a tile that shows the newest view, as an app would, and notes when it shows a new picture. */
export function watchTile(): void {
  const tile = Object.assign(document.createElement('video'), { muted: true, playsInline: true });
  Object.assign(tile.style, { display: 'block', width: '320px', height: '180px' });
  document.body.replaceChildren(tile);
  const pictureTimesMs: number[] = [];
  const note = () => {
    pictureTimesMs.push(Date.now());
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
  Object.assign(window, { tile, pictureTimesMs, serverFingerprints });
}
