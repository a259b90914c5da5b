import { parseArgs } from 'node:util';
import { lanAddress } from './lan-address.ts';
import { StartError } from './start-error.ts';

/** What the user chose on the command line and in the environment. */
export interface Settings {
  /** Address in the local network that the pages are opened to (`--lan`); undefined for this machine only. */
  readonly lanAddress: string | undefined;
  readonly pagesPort: number;
  readonly apiPort: number;
}

/**
 * Reads `--lan`, `DEMO_PORT` and `PARLEY_PORT`.
 *
 * @throws {@link StartError} that says which one is wrong, with `command` as the command to repeat.
 */
export function readSettings(command: string): Settings {
  const isLan = readLanOption(command);
  const pagesPort = portFrom('DEMO_PORT', 5173);
  const apiPort = portFrom('PARLEY_PORT', 8787);
  const address = isLan ? lanAddress() : undefined;
  if (isLan && address === undefined) {
    throw new StartError('--lan: this machine is in no network. Connect it, or start without --lan.');
  }
  return { lanAddress: address, pagesPort, apiPort };
}

function readLanOption(command: string): boolean {
  try {
    return parseArgs({ options: { lan: { type: 'boolean', default: false } } }).values.lan;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`${reason}\n  The only option is --lan: ${command} -- --lan`);
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
