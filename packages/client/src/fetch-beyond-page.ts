import { fetchOptions, type HttpRequest } from './http-request.ts';

/**
 * Sends a request that outlives its page, once. `fetch` gets a URL and no signal: Firefox cancels a keepalive request with its
 * page if it was made from a `Request`, or has a signal, and ky makes both.
 *
 * @throws what `fetch` rejects with; InvalidOptionsError.
 */
export function fetchBeyondPage(request: HttpRequest): Promise<Response> {
  const send = request.fetch ?? globalThis.fetch;
  return send(request.url, { ...fetchOptions(request), keepalive: true });
}
