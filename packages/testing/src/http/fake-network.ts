/** What becomes of a request. */
export type HttpFate =
  | { readonly kind: 'lost'; readonly isAnswerLost: boolean }
  | { readonly kind: 'late'; readonly delayMs: number }
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterS?: number | undefined };

/** Decides about a request to the server; undefined lets it pass. */
export type FateOf = (operation: string) => HttpFate | undefined;

/** The way from the page to a server. */
export class FakeNetwork {
  isLost = false;
  readonly #fates = new Set<FateOf>();

  /** Asks `fateOf` about each request, until the returned function is called. */
  disturb(fateOf: FateOf): () => void {
    this.#fates.add(fateOf);
    return () => void this.#fates.delete(fateOf);
  }

  /** Carries a request to the server and the answer back. Rejects like `fetch`. */
  async carry(
    operation: string,
    { signal }: { readonly signal: AbortSignal },
    answer: () => Promise<Response>,
  ): Promise<Response> {
    if (this.isLost) throw unreachable();
    const [fate] = [...this.#fates].flatMap((fateOf) => fateOf(operation) ?? []);
    if (fate?.kind === 'late') await pause(fate.delayMs, signal);
    if (fate?.kind === 'lost' && !fate.isAnswerLost) throw unreachable();
    if (fate?.kind === 'refused') return refusal(fate);
    const response = await answer();
    if (this.isLost || fate?.kind === 'lost') throw unreachable();
    return response;
  }
}

function unreachable(): TypeError {
  return new TypeError('Failed to fetch');
}

function refusal({ status, retryAfterS }: HttpFate & { readonly kind: 'refused' }): Response {
  const error = status === 429 ? 'too_many_requests' : 'fault';
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) };
  return Response.json({ error, error_description: 'A fault plan says so.' }, { status, headers });
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, durationMs);
    signal.addEventListener('abort', stop);
  });
}
