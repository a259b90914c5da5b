import { MediaError } from '../media-router.ts';
import type { Answer, Command, Failure, Requests, ToRouter } from './messages.ts';

/** How long a request may take. Setting up a peer takes some 30 ms; gathering times out after at most 4 s. */
const deadlineMs = 10_000;

/** What {@link RouterCalls} needs. */
export interface RouterCallsOptions {
  readonly send: (message: ToRouter) => void;
  /** The router said nothing at all since a request of ten seconds ago. */
  readonly onSilent: () => void;
  /** Names the router in errors, such as "A media process". */
  readonly name: string;
}

interface PendingRequest {
  readonly settle: (message: Answer) => void;
}

/** Calls of a router that is elsewhere: requests with responses, and commands, in the order they were made. */
export abstract class RouterCalls {
  readonly #options: RouterCallsOptions;
  readonly #pending = new Map<number, PendingRequest>();
  #lastId = 0;
  #heardCount = 0;
  #hasEnded = false;

  constructor(options: RouterCallsOptions) {
    this.#options = options;
  }

  /** Sends a command without a response. A command that comes too late is dropped. */
  command(...command: Command): void {
    if (!this.#hasEnded) this.#options.send({ kind: 'command', command });
  }

  /**
   * Sends a request, and calls `onResponse` before handling any later message, which a promise alone cannot guarantee.
   * @throws MediaError the router's own; `overloaded` when it ends, or does not respond in time
   */
  request<Name extends keyof Requests>(
    name: Name,
    payload: Requests[Name]['request'],
    onResponse: (response: Requests[Name]['response'], isLate: boolean) => void = () => {},
  ): Promise<Requests[Name]['response']> {
    this.#lastId += 1;
    const id = this.#lastId;
    const countBefore = this.#heardCount;
    const { name: router, onSilent } = this.#options;
    return new Promise((resolve, reject) => {
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = true;
        reject(new MediaError('overloaded', `${router} did not respond within ${deadlineMs / 1000} s.`));
        if (this.#heardCount === countBefore) onSilent();
      }, deadlineMs);
      this.#pending.set(id, {
        settle: (message) => {
          clearTimeout(deadline);
          if (message.kind === 'failure') {
            reject(errorOf(message.failure));
            return;
          }
          const response = message.response as Requests[Name]['response'];
          onResponse(response, isLate);
          resolve(response);
        },
      });
      if (!this.#hasEnded) this.#options.send({ kind: 'request', id, name, payload } as ToRouter);
      else this.#rejectPending();
    });
  }

  /** Takes a message from the router, and returns it unless it is an answer. */
  protected take<Message extends { readonly kind: string }>(message: Answer | Message): Message | undefined {
    this.#heardCount += 1;
    if (!isAnswer(message)) return message;
    const request = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    request?.settle(message);
    return undefined;
  }

  /** Rejects all pending and later requests: the router is gone. Returns whether it was not before. */
  protected end(): boolean {
    const isFirst = !this.#hasEnded;
    this.#hasEnded = true;
    this.#rejectPending();
    return isFirst;
  }

  #rejectPending(): void {
    const failure: Failure = { code: 'overloaded', message: `${this.#options.name} of this stream ended.` };
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [id, { settle }] of pending) settle({ kind: 'failure', id, failure });
  }
}

function isAnswer(message: { readonly kind: string }): message is Answer {
  return message.kind === 'response' || message.kind === 'failure';
}

function errorOf({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new MediaError(code, message);
}
