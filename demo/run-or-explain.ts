import { StartError } from './start-error.ts';

/** Runs `start`. Prints a {@link StartError} as its message alone, any other error whole; both end the process with 1. */
export async function runOrExplain(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    console.error(error instanceof StartError ? `\n  ${error.message}\n` : error);
    process.exitCode = 1;
  }
}
