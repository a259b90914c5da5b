import { expect, it } from 'vitest';
import { createHttpServer } from './http-server.ts';
import { readOpenapiDocument } from './openapi-document.ts';
import { addOpenapiRoutes } from './openapi-routes.ts';
import type { Handlers } from './operations.ts';
import { defaultLimits } from '../limits/limits.ts';

const plainServer = {
  logLevel: 'silent',
  limits: defaultLimits,
  corsOrigins: undefined,
  trustProxy: undefined,
} as const;
const nobody = () => Promise.reject(new Error('nobody'));

it('fails at the start when an operation of the document has no handler', async () => {
  const app = await createHttpServer(plainServer);
  const handlers = {} as Handlers;
  expect(() => {
    addOpenapiRoutes(app, readOpenapiDocument(), handlers, nobody);
  }).toThrow(/describes create, but nothing handles it/);
});

it('fails at the start when a handler has no operation in the document', async () => {
  const app = await createHttpServer(plainServer);
  const document = { ...readOpenapiDocument(), operations: [] };
  const handlers = { create: () => ({}) } as unknown as Handlers;
  expect(() => {
    addOpenapiRoutes(app, document, handlers, nobody);
  }).toThrow(/does not describe create/);
});
