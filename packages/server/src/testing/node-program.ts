import { readConfig } from '../config/read-config.ts';
import { FakeMediaRouter } from '../media/testing/fake-media-router.ts';
import { createParleyServer } from '../parley-server.ts';

/** The server's program, but without media: what nodes do with each other does not need any. */
const server = await createParleyServer(readConfig(process.env), {
  mediaRouter: new FakeMediaRouter(),
}).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
process.once('SIGTERM', () => void server.close());
const { url } = await server.listen();
process.stdout.write(`Parley listens on ${url}\n`);
