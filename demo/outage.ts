import { setTimeout } from 'node:timers/promises';
import { jsonHandler, type JsonHandler } from './json-handler.ts';
import { readJson } from './read-json.ts';
import { RequestError } from './request-error.ts';
import type { ServerProcess } from './server-process.ts';

/** Options of {@link outageOf}. */
export interface OutageOptions {
  /** How long the server stays away. Default: 10 seconds. */
  readonly durationMs?: number;
  /** The server did not come back. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Lets a page see how calls survive a crash: each POST request kills `server` and starts it again later, with the same data
 * and on the same port. Answers at once with `{backInMs}`, and with 409 while the server is away.
 */
export function outageOf(
  server: ServerProcess,
  { durationMs = 10_000, onFailed }: OutageOptions,
): JsonHandler {
  let isRunning = false;
  const run = async (): Promise<void> => {
    await server.kill();
    await setTimeout(durationMs, undefined, { ref: false });
    await server.start();
  };
  return jsonHandler(async (request) => {
    // Pages of other origins cannot send this type without asking first.
    if (request.headers['content-type'] !== 'application/json') {
      throw new RequestError(400, 'invalid_request', 'Send application/json.');
    }
    await readJson(request);
    if (isRunning) {
      throw new RequestError(
        409,
        'already_stopped',
        'The call server is already stopped. Wait until it is back.',
      );
    }
    isRunning = true;
    run()
      .catch(onFailed)
      .finally(() => {
        isRunning = false;
      });
    return { backInMs: durationMs };
  });
}
