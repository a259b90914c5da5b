// The Parley server of `npm start` as a process of its own, which can crash without the pages' server. It is configured by
// PARLEY_* variables, and ends when the process that forked it disconnects or ends.
import { flushCompileCache } from 'node:module';
import { ConfigError, createParleyServer, readConfig, type ParleyServer } from '@parley-rtc/server';

let server: ParleyServer | undefined;
process.once('disconnect', () => {
  if (server) void server.close();
  else process.exit();
});
// Ctrl+C reaches all processes of the terminal. The pages' server ends this one after itself.
process.on('SIGINT', () => {});

try {
  server = await createParleyServer(readConfig(process.env));
  await server.listen();
  process.send?.('listening');
  // Node does so at the end, which a crash would not let happen.
  flushCompileCache();
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
