import { StartError } from './start-error.ts';

/** Says that another program listens on `port`, and how to choose another with `variable`. */
export function busyPortError(variable: string, port: number, command: string): StartError {
  return new StartError(
    `Port ${port} is taken by another program, maybe by a demo that still runs.\n` +
      `  End that one, or choose another port: ${variable}=${port + 1} ${command}`,
  );
}
