/**
 * Does ahead of time what a first `Conference.join` waits for: connects to the server, and fetches the parts of the SDK that
 * a call needs; in a lobby, say. It sends no request, opens no device, and leaves nothing to be undone. The browser
 * closes a connection that nobody uses after some seconds, so it may be called again.
 *
 * @param options.server As for `Conference.join`.
 * @returns Once the parts are there. Never rejects: joining tells what is wrong. Does nothing where there is no page.
 */
export async function prepareJoin({ server }: { readonly server: string }): Promise<void> {
  if (typeof document === 'undefined') return;
  const link = document.createElement('link');
  link.rel = 'preconnect';
  link.href = server;
  // Requests without cookies have connections of their own.
  link.crossOrigin = 'anonymous';
  document.head.append(link);
  await Promise.allSettled([
    import('./open-session.ts'),
    import('../signalling/push-feed.ts'),
    import('../media/capture.ts'),
    import('../media/open-publication.ts'),
    import('../viewing/viewing-room.ts'),
  ]);
  link.remove();
}
