import { ConfigError } from '../config-error.ts';

/** What the user can do about an error of `listen`, as a {@link ConfigError}; any other error as it is. */
export function explainListenError(error: unknown, host: string, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `Port ${port} on ${host} is in use by another program, maybe by a Parley server that still runs.\n` +
          `Stop that program, or choose another port: --port ${port + 1}, or --port 0 for a free one.`,
        { cause: error },
      );
    case 'EACCES':
      return new ConfigError(
        `This user may not listen on port ${port}. Choose a port above 1023, such as --port 8787.`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(
        `PARLEY_HOST is "${host}", which is not an address of this machine. Use 127.0.0.1 for this machine only, or 0.0.0.0 for all networks.`,
        { cause: error },
      );
    default:
      return error;
  }
}
