import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';

/** How long a request may take after the server was asked to close. */
const patienceMs = 5_000;

/**
 * Prepares a server for its end. The returned function takes no more connections, waits for the answers that are due
 * and then drops what is left: browsers open connections in advance, and one that never carried a request would keep
 * the server open for a minute.
 */
export function closeGracefully(app: FastifyInstance, clock: Clock): () => Promise<void> {
  const due = new Set<ServerResponse>();
  let onAnswered: () => void = () => {};
  app.server.on('request', (_request, response) => {
    due.add(response);
    response.once('close', () => {
      due.delete(response);
      if (due.size === 0) onAnswered();
    });
  });
  return async () => {
    const closed = app.close();
    if (due.size > 0) {
      await new Promise<void>((resolve) => {
        const stopTimer = clock.setTimer(resolve, patienceMs);
        onAnswered = () => {
          stopTimer();
          resolve();
        };
      });
    }
    app.server.closeAllConnections();
    await closed;
  };
}
