import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A TCP port of this machine that is free now. Not one of those that systems give to outgoing connections: one of these could take it
 * before its server listens.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(10_000, 32_000);
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
