import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';

/** How long requests under way may take after the server was asked to close. */
const graceMs = 5_000;

/**
 * Prepares a graceful shutdown. The returned function stops accepting connections, waits for outstanding responses,
 * then drops the rest: browsers open connections in advance, and one that never carried a request would keep the
 * server open for a minute.
 */
export function closeGracefully(app: FastifyInstance, clock: Clock): () => Promise<void> {
  const due = new Set<ServerResponse>();
  let onAnswered: (() => void) | undefined;
  app.server.on('request', (_request, response) => {
    due.add(response);
    response.once('close', () => {
      due.delete(response);
      if (due.size === 0) onAnswered?.();
    });
  });
  return async () => {
    const closed = app.close();
    if (due.size > 0) {
      await new Promise<void>((resolve) => {
        const stopTimer = clock.setTimer(resolve, graceMs);
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
