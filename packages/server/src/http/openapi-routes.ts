import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import { routeOf, type DocumentedOperation, type OpenapiDocument } from './openapi-document.ts';
import type { AnsweredFile, Handlers } from './operations.ts';
import { addressKey } from './rates/address-key.ts';
import { validationBy, type SchemaValidation } from './schema-validation.ts';
import { sendFile } from './send-file.ts';
import { jsonOf } from './shared-answers.ts';

/** Identifies the caller by the `Authorization` header; refuses with `invalid_token`. */
export type Authenticate = (authorization: string | undefined, request: FastifyRequest) => Promise<Actor>;

/** What a node does around each operation that it shares with other nodes. */
export interface NodeHooks {
  /** Called before an operation; rejects when this node cannot know what other nodes did. */
  readonly before: () => Promise<void>;
  /** The answer of another node; undefined if this node answers. */
  readonly forward: (
    operationId: string,
    request: FastifyRequest,
    body: unknown,
  ) => Promise<ForwardedAnswer | undefined>;
  /** The answer of another node to a request that this one refused with `error`; undefined if the error stands. */
  readonly forwardRefused: (
    error: unknown,
    operationId: string,
    request: FastifyRequest,
    body: unknown,
  ) => Promise<ForwardedAnswer | undefined>;
  /** Called before the answer; rejects when other nodes may not know what this operation did. */
  readonly after: () => Promise<void>;
}

interface ForwardedAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

type AnyHandler = (call: unknown) => unknown;

/**
 * Adds a route for every operation of the document: authenticate, validate, execute, respond.
 *
 * @throws Error when an operation has no handler, or a handler no operation.
 */
export function addOpenapiRoutes(
  app: FastifyInstance,
  document: OpenapiDocument,
  handlers: Handlers,
  authenticate: Authenticate,
  nodes?: NodeHooks,
): void {
  const validation = validationBy(document);
  const handlerOf = new Map<string, AnyHandler>(Object.entries(handlers) as [string, AnyHandler][]);
  for (const operation of document.operations) {
    const handler = handlerOf.get(operation.operationId);
    if (!handler) throw new Error(`openapi.yaml describes ${operation.operationId}, but nothing handles it.`);
    handlerOf.delete(operation.operationId);
    addRoute(app, operation, handler, validation, authenticate, nodes);
  }
  if (handlerOf.size > 0) {
    throw new Error(`openapi.yaml does not describe ${[...handlerOf.keys()].join(', ')}.`);
  }
}

function addRoute(
  app: FastifyInstance,
  operation: DocumentedOperation,
  handler: AnyHandler,
  validation: SchemaValidation,
  authenticate: Authenticate,
  nodes: NodeHooks | undefined,
): void {
  const validateBody =
    operation.bodyPointer === undefined ? undefined : validation.body(operation.bodyPointer);
  const validateParams = validation.parameters(operation.params);
  const validateQuery = validation.parameters(operation.query);
  const actors = new WeakMap<FastifyRequest, Actor>();

  app.route({
    method: operation.method,
    url: routeOf(operation.path),
    // Before the body is read: unauthenticated callers cost little and learn nothing.
    onRequest: async (request) => {
      await nodes?.before();
      if (!operation.isPublic)
        actors.set(request, await authenticate(request.headers.authorization, request));
    },
    handler: async (request, reply) => {
      const body = validateBody?.(request.body);
      const { operationId } = operation;
      const forwarded = await nodes?.forward(operationId, request, body);
      if (forwarded) return passOn(forwarded, reply);
      const call = {
        actor: actors.get(request),
        body,
        params: validateParams(request.params),
        query: validateQuery(request.query),
        authorization: request.headers.authorization,
        address: addressKey(request.ip),
        lastEventId: request.headers['last-event-id'],
        signal: hangUpSignal(reply),
      };
      let answer: unknown;
      try {
        answer = await handler(call);
      } catch (error) {
        const elsewhere = await nodes?.forwardRefused(error, operationId, request, body);
        if (elsewhere) return passOn(elsewhere, reply);
        throw error;
      }
      if (!operation.isEventStream) await nodes?.after();
      // Responses depend on the time and the caller.
      void reply.status(operation.successStatus).header('cache-control', 'no-store');
      if (operation.successStatus === 204) return reply.send();
      if (operation.isFile) return sendFile(request, reply, answer as AnsweredFile);
      if (operation.isEventStream) {
        // Without this header, nginx and similar proxies buffer the stream.
        return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(answer);
      }
      // Serialized here, because a bare string is JSON too.
      return reply.type('application/json; charset=utf-8').send(jsonOf(answer));
    },
  });
}

/** Answers with what another node answered. */
function passOn({ status, body, retryAfter }: ForwardedAnswer, reply: FastifyReply): FastifyReply {
  if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
  void reply.status(status).header('cache-control', 'no-store');
  return body === '' ? reply.send() : reply.type('application/json; charset=utf-8').send(body);
}

/** Aborts when the connection closes, after which no client reads the response. */
function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    // With a reason, because the default reason is an Error with a stack, for every request.
    controller.abort('hung up');
  });
  return controller.signal;
}
