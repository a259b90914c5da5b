import type { FastifyInstance } from 'fastify';
import type { JSONWebKeySet } from 'jose';

/** What is no part of the API: the document itself, the key that checks tokens, and a sign of life. */
export function addServiceRoutes(
  app: FastifyInstance,
  { documentText, keySet }: { readonly documentText: string; readonly keySet: () => Promise<JSONWebKeySet> },
): void {
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/openapi.yaml', (_request, reply) => reply.type('application/yaml').send(documentText));
  app.get('/.well-known/jwks.json', () => keySet());
}
