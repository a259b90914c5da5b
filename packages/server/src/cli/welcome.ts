import { randomBytes } from 'node:crypto';
import type { Client } from '../auth/clients.ts';

/** What the terminal shows once the server listens on `url`. */
export function welcome({
  url,
  demo,
  development,
}: {
  readonly url: string;
  readonly demo: boolean;
  /** The client that was generated because none is configured. */
  readonly development: Client | undefined;
}): string {
  const listens = `Parley listens on ${url}${development ? describe(development) : ''}`;
  return demo ? `${demoText(url)}\n${listens}` : listens;
}

function demoText(url: string): string {
  // Browsers offer the camera on http pages only under this name and on loopback addresses.
  const origin = url.replace('127.0.0.1', 'localhost').replace('0.0.0.0', 'localhost');
  return `
  Parley is ready:

    ➜  ${origin}/demo/?room=${randomBytes(3).toString('hex')}

  Second tab   open the same link there too: that is a call
  API          ${origin}/docs
  To end       Ctrl+C

  Everyone who can reach this server may join and moderate: --demo is for trying things.
`;
}

function describe({ id, secret }: Client): string {
  return ` (development client: id ${id}, secret ${secret}; set PARLEY_CLIENTS to configure your own clients)`;
}
