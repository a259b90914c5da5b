import { setTimeout as pause } from 'node:timers/promises';
import { BreachError } from '../rules/breach.ts';
import { operations, type Operation } from './document.ts';
import type { Observations } from './observations.ts';

/** A response of the server. */
export interface Answer<Body = unknown> {
  readonly operationId: string;
  readonly status: number;
  /** Parsed, if it is JSON. */
  readonly body: Body;
  readonly text: string;
  readonly elapsedMs: number;
}

/** The body, path parameters and query of a request. */
export interface Asked {
  readonly body?: object;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
}

/** Response timeout. A long poll takes about 20 seconds. */
const answerTimeoutMs = 70_000;
const maxRetriesWhenBusy = 5;

/** Sends requests exactly as given, without a client's validation or error handling, and returns raw responses. */
export class Caller {
  readonly #server: string;
  readonly #observations: Observations;
  readonly #token: () => Promise<string>;

  /** `token` returns the access token; an empty one is not sent. */
  constructor(server: string, observations: Observations, token: () => Promise<string>) {
    this.#server = server;
    this.#observations = observations;
    this.#token = token;
  }

  /** A caller of the same server with another token. */
  as(token: () => Promise<string>): Caller {
    return new Caller(this.#server, this.#observations, token);
  }

  /** Sends a request and returns any response. Retries after a 429 or 503, because the refused request had no effect. */
  async call<Body = unknown>(operationId: string, asked: Asked = {}): Promise<Answer<Body>> {
    const operation = operations.get(operationId);
    if (!operation) throw new Error(`openapi.yaml has no operation ${operationId}`);
    for (let retriesLeft = maxRetriesWhenBusy; ; retriesLeft -= 1) {
      const response = await this.#send(operation, asked);
      const { answer, retryAfterSeconds } = response;
      this.#observations.note(operation, answer.status, answer.body);
      if (![429, 503].includes(answer.status) || retriesLeft === 0) return answer as Answer<Body>;
      await pause(retryAfterSeconds * 1000);
    }
  }

  /** Returns the body of a successful response. Anything else is a breach, because a check depends on it. */
  async need<Body = unknown>(operationId: string, asked: Asked = {}): Promise<Body> {
    const { status, body, text } = await this.call<Body>(operationId, asked);
    if (status < 300) return body;
    throw new BreachError({
      subject: `${operationId}, on which this check depends`,
      expected: 'success',
      came: `${status} ${text.slice(0, 200)}`,
    });
  }

  async #send(operation: Operation, asked: Asked): Promise<{ answer: Answer; retryAfterSeconds: number }> {
    const { operationId, method, contentType } = operation;
    const token = await this.#token();
    const startedAt = performance.now();
    const response = await fetch(this.#urlOf(operation, asked), {
      method,
      headers: {
        accept: 'application/json',
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(asked.body && contentType && { 'content-type': contentType }),
      },
      ...(asked.body && { body: encodeBody(asked.body, contentType) }),
      signal: AbortSignal.timeout(answerTimeoutMs),
    }).catch((error: unknown) => {
      throw new BreachError({
        subject: `response to ${operationId}`,
        expected: `one within ${answerTimeoutMs / 1000} seconds`,
        came: describeFailure(error),
      });
    });
    const text = await response.text();
    return {
      answer: {
        operationId,
        status: response.status,
        body: parseJson(text),
        text,
        elapsedMs: performance.now() - startedAt,
      },
      retryAfterSeconds: Number(response.headers.get('retry-after') ?? 1),
    };
  }

  #urlOf({ path }: Operation, { params = {}, query = {} }: Asked): string {
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) search.set(name, `${value}`);
    return `${this.#server}${filled}${search.size > 0 ? `?${search.toString()}` : ''}`;
  }
}

function encodeBody(body: object, contentType: string | undefined): string | URLSearchParams {
  return contentType === 'application/x-www-form-urlencoded'
    ? new URLSearchParams(body as Record<string, string>)
    : JSON.stringify(body);
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
