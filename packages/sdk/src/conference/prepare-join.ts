/**
 * Makes a later `Conference.join` faster: connects to the server and loads the parts of the SDK that a call needs. Call it
 * in a lobby, for example. Sends no request, opens no device, and needs no cleanup. The browser closes an unused connection
 * after some seconds, so you can call it again.
 *
 * @param options.server As for `Conference.join`.
 * @returns Resolves once the parts are loaded. Never rejects: joining reports any problem. Does nothing without a page.
 */
export async function prepareJoin(options: { readonly server: string }): Promise<void> {
  if (typeof document === 'undefined' || typeof options?.server !== 'string') return;
  const link = document.createElement('link');
  link.rel = 'preconnect';
  link.href = options.server;
  // Browsers use separate connections for requests without cookies.
  link.crossOrigin = 'anonymous';
  document.head.append(link);
  await Promise.allSettled([
    import('./open-session.ts'),
    import('../signalling/push-feed.ts'),
    import('../devices/capture.ts'),
    import('../publishing/publication.ts'),
    import('../viewing/view-registry.ts'),
  ]);
  link.remove();
}
