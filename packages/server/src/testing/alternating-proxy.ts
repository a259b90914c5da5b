import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a proxy that sends each request to the next of `targets`; it ends with the test, or by `atEnd`. Returns its URL. */
export async function startAlternatingProxy(
  targets: readonly string[],
  atEnd: (close: () => void) => void = onTestFinished,
): Promise<string> {
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/', headers } = incoming;
    const target = new URL(url, targets[next % targets.length]);
    next += 1;
    const passed = request(target, { method, headers, agent: false }, (answer: IncomingMessage) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
