import { operations, problemOfSchema, problemOfSuccess, type Operation } from './document.ts';

/** How a response differs from the document. */
export interface Misfit {
  readonly expected: string;
  readonly came: string;
}

/** Checks every response of a run against the document, whichever check caused it. */
export class Observations {
  readonly #answered = new Set<string>();
  readonly #misfits = new Map<string, Misfit>();
  readonly #eventTypes = new Set<string>();
  readonly #eventMisfits = new Map<string, Misfit>();

  /** Records a response. Every operation may return 429 (decision 40). */
  note(operation: Operation, status: number, body: unknown): void {
    const { operationId, statuses } = operation;
    this.#answered.add(operationId);
    if (!statuses.includes(status)) {
      this.#misfit(operationId, {
        expected: `one of the statuses ${statuses.join(', ')}`,
        came: `${status}`,
      });
    }
    if (status >= 300) return;
    const problem = problemOfSuccess(operation, status, body);
    if (problem !== undefined) {
      this.#misfit(operationId, { expected: 'a body that matches its schema', came: problem });
    }
    if (operationId === 'getEvents' && Array.isArray(body)) body.forEach((event) => this.#noteEvent(event));
  }

  /** Whether the operation was called at all. */
  has(operationId: string): boolean {
    return this.#answered.has(operationId);
  }

  /** The first response of the operation that did not match. */
  misfitOf(operationId: string): Misfit | undefined {
    return this.#misfits.get(operationId);
  }

  /** The first event of this type that did not match. */
  eventMisfitOf(type: string): Misfit | undefined {
    return this.#eventMisfits.get(type);
  }

  /** Types of the events received so far. */
  get eventTypes(): ReadonlySet<string> {
    return this.#eventTypes;
  }

  #noteEvent(event: { readonly type?: unknown }): void {
    const type = String(event.type);
    this.#eventTypes.add(type);
    const problem = problemOfSchema(type, event);
    if (problem === undefined || this.#eventMisfits.has(type)) return;
    this.#eventMisfits.set(type, { expected: `a ${type} that matches its schema`, came: problem });
  }

  #misfit(operationId: string, misfit: Misfit): void {
    if (!this.#misfits.has(operationId)) this.#misfits.set(operationId, misfit);
  }
}

/** The operations of the public page. */
export const operationsOfThePage: readonly Operation[] = [...operations.values()].filter(
  ({ isOfThePage }) => isOfThePage,
);
