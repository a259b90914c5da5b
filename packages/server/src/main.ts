#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import type { Client } from './auth/clients.ts';
import { ConfigError, readConfig } from './config.ts';
import { createParleyServer } from './parley-server.ts';

try {
  await start();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const development = config.clients.length === 0 ? developmentClient() : undefined;
  const server = await createParleyServer({ ...config, ...(development && { clients: [development] }) });
  const { url } = await server.listen();
  const credentials = development
    ? ` (development client: id ${development.id}, secret ${development.secret}; set PARLEY_CLIENTS for your own)`
    : '';
  console.log(`Parley listens on ${url}${credentials}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
}

/** A client for trying things out, with a new secret at each start. */
function developmentClient(): Client {
  return { id: 'development', secret: randomBytes(16).toString('hex'), roles: ['SERVICE', 'AGENT'] };
}
