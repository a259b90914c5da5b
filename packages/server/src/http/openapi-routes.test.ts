import { expect, it } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { failLoudly } from '../testing/fail-loudly.ts';
import { createHttpServer } from './http-server.ts';
import { readOpenapiDocument } from './openapi-document.ts';
import { addOpenapiRoutes } from './openapi-routes.ts';
import type { Handlers } from './operations.ts';

const plainServer = {
  logLevel: 'silent',
  limits: defaultLimits,
  corsOrigins: undefined,
  trustProxy: undefined,
  onFailure: failLoudly,
} as const;
const refuseAll = () => Promise.reject(new Error('refused'));

it('fails at startup when an operation of the document has no handler', async () => {
  const app = await createHttpServer(plainServer);
  const handlers = {} as Handlers;
  expect(() => {
    addOpenapiRoutes(app, readOpenapiDocument(), handlers, refuseAll);
  }).toThrow(/describes create, but nothing handles it/);
});

it('fails at startup when a handler has no operation in the document', async () => {
  const app = await createHttpServer(plainServer);
  const document = { ...readOpenapiDocument(), operations: [] };
  const handlers = { create: () => ({}) } as unknown as Handlers;
  expect(() => {
    addOpenapiRoutes(app, document, handlers, refuseAll);
  }).toThrow(/does not describe create/);
});
