/** Answers a request to a fake server. */
export type Answer = (request: Request) => Promise<Response>;

const servers = new Map<string, Answer>();
let original: typeof fetch | undefined;

/**
 * Makes the global `fetch` answer requests to `origin` with `answer`, until the returned function is called. All other
 * requests go where they went before.
 */
export function interceptFetch(origin: string, answer: Answer): () => void {
  servers.set(origin, answer);
  if (original === undefined) {
    original = globalThis.fetch;
    globalThis.fetch = intercepting;
  }
  return () => {
    servers.delete(origin);
    // A `fetch` that was replaced since then stays, and asks ours for as long as it lives.
    if (servers.size > 0 || globalThis.fetch !== intercepting || !original) return;
    globalThis.fetch = original;
    original = undefined;
  };
}

const intercepting: typeof fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input);
  const answer = servers.get(originOf(url));
  if (answer) return answer(input instanceof Request && !init ? input : new Request(input, init));
  if (!original) throw new TypeError('There is no `fetch`.');
  return original(input, init);
};

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    // A path of the page's own server.
    return '';
  }
}
