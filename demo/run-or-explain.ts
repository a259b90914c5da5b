import { StartError } from './start-error.ts';

/** Runs `start`. An error is explained and ends the process with 1. */
export async function runOrExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    explain(error);
  }
}

/** Prints a {@link StartError} as its message alone, any other error whole. The process will end with 1. */
export function explain(error: unknown): void {
  console.error(error instanceof StartError ? `\n  ${error.message}\n` : error);
  process.exitCode = 1;
}
