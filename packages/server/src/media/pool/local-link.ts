import type { RelayingRouter } from '../media-router.ts';
import type { Command, Requests } from './messages.ts';
import type { RouterLink } from './pooled-stream.ts';

type Respond<Name extends keyof Requests> = (response: Requests[Name]['response'], isLate: boolean) => void;

/** Calls of a router in this process. */
export class LocalLink implements RouterLink {
  readonly #router: RelayingRouter;

  constructor(router: RelayingRouter) {
    this.#router = router;
  }

  command(...[name, ...args]: Command): void {
    const method = this.#router[name] as (...all: readonly unknown[]) => void;
    method.call(this.#router, ...args);
  }

  async request<Name extends keyof Requests>(
    name: Name,
    payload: Requests[Name]['request'],
    onResponse?: Respond<Name>,
  ): Promise<Requests[Name]['response']> {
    if (name === 'relay') throw new Error('A router in this process gets its relays directly.');
    // The names of requests are those of the router's methods.
    const perform = this.#router[name as 'view'] as unknown as (
      request: Requests[Name]['request'],
    ) => Promise<Requests[Name]['response']>;
    const response = await perform.call(this.#router, payload);
    onResponse?.(response, false);
    return response;
  }
}
