import { randomBytes } from 'node:crypto';
import type { Client } from './auth/clients.ts';
import { addDemoPage } from './cli/demo-page.ts';
import { explainListenError } from './cli/explain-listen-error.ts';
import { help, settingsPage } from './cli/help.ts';
import { inTermsOfOptions, readArguments, type StartCommand } from './cli/read-arguments.ts';
import { version } from './cli/version.ts';
import { welcome } from './cli/welcome.ts';
import { ConfigError } from './config-error.ts';
import type { Environment } from './config/environment.ts';
import { readConfig } from './config/read-config.ts';
import { watchEnvironment } from './config/watch-environment.ts';
import { createParleyServer } from './parley-server.ts';

try {
  const command = readArguments(process.argv.slice(2));
  if (command.kind === 'help') process.stdout.write(help(version()));
  else if (command.kind === 'version') console.log(version());
  else await start(command);
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exitCode = 1;
}

async function start({ demo, variables }: StartCommand): Promise<void> {
  const config = readSettings(variables);
  const development = config.clients.length === 0 ? newClient('development') : undefined;
  const demoClient = newClient('demo');
  const clients = [...config.clients, ...(development ? [development] : []), ...(demo ? [demoClient] : [])];
  const server = await createParleyServer(
    { ...config, clients },
    { addRoutes: (app) => demo && addDemoPage(app, demoClient) },
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
  try {
    const { url } = await server.listen();
    console.log(welcome({ url, demo, development }));
  } catch (error) {
    await server.close();
    const explained = explainListenError(error, config.host ?? '127.0.0.1', config.port ?? 8787);
    throw renamed(explained, variables);
  }
}

function readSettings(variables: Environment): ReturnType<typeof readConfig> {
  try {
    const { env, unread } = watchEnvironment({ ...process.env, ...variables });
    const config = readConfig(env);
    for (const name of unread())
      console.error(`${name} has no effect: the server has no such setting. All settings: ${settingsPage}`);
    return config;
  } catch (error) {
    throw renamed(error, variables);
  }
}

function renamed(error: unknown, variables: Environment): unknown {
  return error instanceof ConfigError
    ? new ConfigError(inTermsOfOptions(error.message, variables), { cause: error })
    : error;
}

/** A client for trying things, with a new secret at each start. */
function newClient(id: string): Client {
  return { id, secret: randomBytes(16).toString('hex'), roles: ['SERVICE', 'AGENT'] };
}
