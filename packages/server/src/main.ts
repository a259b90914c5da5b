#!/usr/bin/env node
import { randomBytes } from 'node:crypto';
import type { Client } from './auth/clients.ts';
import { ConfigError } from './config-error.ts';
import { readConfig } from './config/read-config.ts';
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
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  try {
    const { url } = await server.listen();
    console.log(`Parley listens on ${url}${development ? describeCredentials(development) : ''}`);
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A client for local development, with a new secret at each start. */
function developmentClient(): Client {
  return { id: 'development', secret: randomBytes(16).toString('hex'), roles: ['SERVICE', 'AGENT'] };
}

function describeCredentials({ id, secret }: Client): string {
  return ` (development client: id ${id}, secret ${secret}; set PARLEY_CLIENTS to configure your own clients)`;
}
