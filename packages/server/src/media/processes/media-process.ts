// The program of one media process: the embedded router, controlled by messages from the server that started it.
import { rmSync } from 'node:fs';
import type { MediaLog, MediaRouter } from '../media-router.ts';
import type { RelayRequest, ToRouter } from '../pool/messages.ts';
import { OfferedRelays } from '../pool/offered-relays.ts';
import { serveRouter } from '../pool/serve-router.ts';
import { askForRelay, listenForRelays } from '../relay/relay-listener.ts';
import { createEmbeddedRouter } from '../routing/embedded-media-router.ts';
import type { FromProcess, ToProcess } from './messages.ts';

let router: MediaRouter | undefined;
/** Resolves with what takes messages, once the process is ready. */
let started: Promise<(message: ToRouter) => void> | undefined;

function send(message: FromProcess): void {
  // The server may be gone already; then `disconnect` follows.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

// Terminals and service managers signal the whole process group. The server decides when its calls end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => {
  void end();
});
process.on('message', (message: ToProcess) => {
  if (message.kind === 'start') started = start(message);
  else void started?.then((serve) => serve(message));
});

const log: MediaLog = (level, message, fields) => {
  send({ kind: 'log', level, message, fields: readable(fields) });
};

async function start({
  options,
}: Extract<ToProcess, { kind: 'start' }>): Promise<(message: ToRouter) => void> {
  const created = createEmbeddedRouter({ ...options, log });
  router = created;
  created.onPeerLost((lost) => send({ kind: 'lost', lost }));
  created.onLayersChanged((changed) => send({ kind: 'layers', changed }));
  created.onRecorded((report) => send({ kind: 'recorded', report }));
  const offered = new OfferedRelays(created);
  const relay = ({ streamKey, from }: RelayRequest): Promise<void> =>
    from
      ? created.receiveRelay(streamKey, askForRelay(from.relayPath, from.streamKey))
      : offered.take(streamKey);
  try {
    // A process that was killed leaves its socket behind.
    rmSync(options.relayPath, { force: true });
    await listenForRelays(options.relayPath, {
      onAsked: (streamKey, connection) => created.sendRelay(streamKey, connection),
      onOffered: (streamKey, connection) => offered.offer(streamKey, connection),
    });
  } catch (err) {
    log('error', 'Streams cannot be relayed from this process', { err });
  }
  send({ kind: 'ready' });
  return serveRouter({ router: created, facts: () => created.facts(), send, log, relay });
}

/** Errors would become {} in JSON. */
function readable(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.stack : value]),
  );
}

async function end(): Promise<void> {
  await router?.close();
  // Nothing is left to do, and a hanging library thread must not keep the process alive.
  process.exit(0);
}
