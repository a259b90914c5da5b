import { randomBytes } from 'node:crypto';
import { createParleyServer } from '@parley-rtc/server';
import { busyPortError } from './busy-port-error.ts';
import { createPages } from './pages.ts';
import { readSettings } from './read-settings.ts';
import { runOrExplain } from './run-or-explain.ts';
import { welcome } from './welcome.ts';

const command = 'npm start';

await runOrExplain(async () => {
  const settings = readSettings(command);
  const { lanAddress, pagesPort, apiPort } = settings;
  // A new secret at each start: it lives in this process only, and the pages never see it.
  const client = { id: 'demo-backend', secret: randomBytes(24).toString('base64url') };
  const server = await createParleyServer({
    clients: [{ ...client, roles: ['SERVICE'] }],
    port: apiPort,
    logLevel: 'warn',
    // The API stays on this machine: other devices reach it through the pages' server, and never its metrics.
    ...(lanAddress !== undefined && { announcedAddress: lanAddress }),
  });
  const pages = await createPages({
    port: pagesPort,
    lanAddress,
    api: `http://127.0.0.1:${apiPort}`,
    clientId: client.id,
    clientSecret: client.secret,
  });
  const close = async (): Promise<void> => {
    await pages.close();
    await server.close();
  };

  try {
    await server.listen().catch(explainBusyPort('PARLEY_PORT', apiPort));
    await pages.listen().catch(explainBusyPort('DEMO_PORT', pagesPort));
  } catch (error) {
    await close();
    throw error;
  }

  let closing: Promise<void> | undefined;
  // Vite ends the process by itself on this signal, before the server has said goodbye.
  process.removeAllListeners('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void (closing ??= close()));
  console.log(welcome(settings, command));
});

function explainBusyPort(variable: string, port: number): (error: unknown) => never {
  return (error) => {
    // Vite says it in words only.
    if (!(error instanceof Error) || !/EADDRINUSE|already in use/.test(error.message)) throw error;
    throw busyPortError(variable, port, command);
  };
}
