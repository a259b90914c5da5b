import { isListening } from './is-listening.ts';
import { StartError } from './start-error.ts';

/**
 * @throws StartError if another program listens on `port`. It says how to choose another with `variable`, for `command`.
 */
export async function requireFreePort(variable: string, port: number, command: string): Promise<void> {
  if (!(await isListening(port))) return;
  throw new StartError(
    `Port ${port} is taken by another program, maybe by a demo that still runs.\n` +
      `  End that one, or choose another port: ${variable}=${port + 1} ${command}`,
  );
}
