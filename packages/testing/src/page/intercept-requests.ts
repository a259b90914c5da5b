import type { FakeNetwork } from '../http/fake-network.ts';
import { routeOf } from '../http/route-of.ts';
import type { PageFeed } from './page-feed.ts';

/** What requests of a page pass on their way to a real server. */
export interface PageRoute {
  /** Base URL of the server. */
  readonly server: string;
  readonly network: FakeNetwork;
  readonly feed: PageFeed;
}

/** Lets the requests of the global `fetch` to a server's API pass `network` and `feed`, until the returned function is called. */
export function interceptRequests({ server, network, feed }: PageRoute): () => void {
  const { origin, pathname } = new URL(server, globalThis.location?.href);
  const base = pathname.replace(/\/+$/, '');
  const original = globalThis.fetch;
  const operationOf = (url: URL, method: string) =>
    url.origin === origin && url.pathname.startsWith(`${base}/`)
      ? routeOf(method, url.pathname.slice(base.length))?.operation
      : undefined;

  const intercepting: typeof fetch = (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const address = input instanceof Request ? input.url : input;
    const url = new URL(address, globalThis.location?.href);
    const operation = operationOf(url, (init?.method ?? request?.method ?? 'GET').toUpperCase());
    if (operation === undefined) return original(input, init);
    const signal = init?.signal ?? request?.signal ?? new AbortController().signal;
    // Exactly as the caller made it: browsers treat a `Request` otherwise than its parts.
    return network.carry(operation, { signal }, () => {
      const answer = original(input, init);
      return operation === 'openPush' || operation === 'getEvents' ? feed.carry(operation, answer) : answer;
    });
  };
  globalThis.fetch = intercepting;
  return () => {
    // A `fetch` that was replaced since then stays, and asks ours for as long as it lives.
    if (globalThis.fetch === intercepting) globalThis.fetch = original;
  };
}
