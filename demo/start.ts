import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createParleyServer } from '@parley-rtc/server';
import { lanAddress } from './lan-address.ts';
import { createPages } from './pages.ts';
import { roomName } from './room-name.ts';

/** Something to tell the user instead of a stack. */
class StartError extends Error {
  override readonly name = 'StartError';
}

try {
  await start();
} catch (error) {
  console.error(error instanceof StartError ? `\n  ${error.message}\n` : error);
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const isLan = readArguments();
  const pagesPort = portFrom('DEMO_PORT', 5173);
  const apiPort = portFrom('PARLEY_PORT', 8787);
  const address = isLan ? lanAddress() : undefined;
  if (isLan && address === undefined) {
    throw new StartError('--lan: this machine is in no network. Connect it, or start without --lan.');
  }

  // A new secret at each start: it lives in this process only, and the pages never see it.
  const client = { id: 'demo-backend', secret: randomBytes(24).toString('base64url') };
  const server = await createParleyServer({
    clients: [{ ...client, roles: ['SERVICE'] }],
    port: apiPort,
    logLevel: 'warn',
    ...(address !== undefined && { host: '0.0.0.0', announcedAddress: address }),
  });
  const api = `http://127.0.0.1:${apiPort}`;
  const pages = await createPages({
    port: pagesPort,
    isLan,
    api,
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
  const origin = address === undefined ? `http://localhost:${pagesPort}` : `https://${address}:${pagesPort}`;
  console.log(welcome({ room: roomName(), api, origin, isLan }));
}

function readArguments(): boolean {
  try {
    return parseArgs({ options: { lan: { type: 'boolean', default: false } } }).values.lan;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${reason}\n  The only option is --lan: npm start -- --lan`);
  }
}

function portFrom(variable: string, fallback: number): number {
  const text = process.env[variable] ?? String(fallback);
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new StartError(`${variable} is "${text}". Make it a port number from 1 to 65535.`);
  }
  return port;
}

function explainBusyPort(variable: string, port: number): (error: unknown) => never {
  return (error) => {
    // Vite says it in words only.
    if (!(error instanceof Error) || !/EADDRINUSE|already in use/.test(error.message)) throw error;
    throw new StartError(
      `Port ${port} is taken by another program, maybe by a demo that still runs.\n` +
        `  End that one, or choose another port: ${variable}=${port + 1} npm start`,
    );
  };
}

function welcome(at: { room: string; api: string; origin: string; isLan: boolean }): string {
  const devices = at.isLan
    ? 'open the same link there; the certificate is self-signed, so the browser asks once'
    : 'npm start -- --lan';
  return `
  Parley is ready:

    ➜  ${at.origin}/script-tag/?room=${at.room}

  Second tab      open the same link there too: that is a call
  All pages       ${at.origin}/?room=${at.room}
  Other devices   ${devices}
  API             ${at.api}/rtc-api, described by ${at.origin}/openapi.yaml
  To end          Ctrl+C
`;
}
