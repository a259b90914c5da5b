import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../actor.ts';
import type { DocumentedOperation, OpenapiDocument } from './openapi-document.ts';
import type { Handlers } from './operations.ts';
import { routeOf } from './route-of.ts';
import { validationBy, type SchemaValidation } from './schema-validation.ts';

/** Tells who calls, from the `Authorization` header; refuses with `invalid_token`. */
export type Authenticate = (authorization: string | undefined) => Promise<Actor>;

type AnyHandler = (call: unknown) => unknown;

/**
 * Adds a route for every operation of the document: who calls, does the request fit, carry it out, reply.
 *
 * @throws Error when an operation has no handler or a handler no operation.
 */
export function addOpenapiRoutes(
  app: FastifyInstance,
  document: OpenapiDocument,
  handlers: Handlers,
  authenticate: Authenticate,
): void {
  const validation = validationBy(document);
  const handlerOf = new Map<string, AnyHandler>(Object.entries(handlers) as [string, AnyHandler][]);
  for (const operation of document.operations) {
    const handler = handlerOf.get(operation.operationId);
    if (!handler) throw new Error(`openapi.yaml describes ${operation.operationId}, but nothing handles it.`);
    handlerOf.delete(operation.operationId);
    addRoute(app, operation, handler, validation, authenticate);
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
): void {
  const validateBody =
    operation.bodyPointer === undefined ? undefined : validation.body(operation.bodyPointer);
  const validateParams = validation.parameters(operation.params);
  const validateQuery = validation.parameters(operation.query);
  const actors = new WeakMap<FastifyRequest, Actor>();

  app.route({
    method: operation.method,
    url: routeOf(operation.path),
    // Before the body is read: strangers cost little and learn nothing.
    onRequest: async (request) => {
      if (!operation.isPublic) actors.set(request, await authenticate(request.headers.authorization));
    },
    handler: async (request, reply) => {
      const answer = await handler({
        actor: actors.get(request),
        body: validateBody?.(request.body),
        params: validateParams(request.params),
        query: validateQuery(request.query),
        authorization: request.headers.authorization,
        lastEventId: request.headers['last-event-id'],
        signal: hangUpSignal(reply),
      });
      // Answers are about this moment and this caller.
      void reply.status(operation.successStatus).header('cache-control', 'no-store');
      if (operation.successStatus === 204) return reply.send();
      if (operation.isEventStream) {
        // Proxies of the nginx family would collect the stream otherwise.
        return reply.type('text/event-stream').header('x-accel-buffering', 'no').send(answer);
      }
      // Serialised here, because a bare string is JSON too.
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
    },
  });
}

/** Aborts when the connection closes. Afterwards nobody reads the answer. */
function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    // With a reason, because the default one is an error with a stack, for every request.
    controller.abort('hung up');
  });
  return controller.signal;
}
