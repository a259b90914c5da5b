// The program of one media process: the embedded router, controlled by messages from the server that started it.
import { rmSync } from 'node:fs';
import { MediaError, type MediaRouter, type RelayingRouter } from '../media-router.ts';
import { connectRelay, listenForRelays } from '../relay/relay-listener.ts';
import { createEmbeddedRouter } from '../routing/embedded-media-router.ts';
import type {
  Command,
  Failure,
  FromProcess,
  RelayRequest,
  Request,
  Requests,
  ToProcess,
} from './messages.ts';

let router: RelayingRouter | undefined;

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
  if (message.kind === 'start') void start(message);
  else if (router && message.kind === 'command') execute(router, message.command);
  else if (router && message.kind === 'request') void respond(router, message);
});

async function start({ options }: Extract<ToProcess, { kind: 'start' }>): Promise<void> {
  const created = createEmbeddedRouter({
    ...options,
    log: (level, message, fields) => send({ kind: 'log', level, message, fields: readable(fields) }),
  });
  router = created;
  router.onPeerLost((lost) => send({ kind: 'lost', lost }));
  router.onLayersChanged((changed) => send({ kind: 'layers', changed }));
  router.onRecorded((report) => send({ kind: 'recorded', report }));
  try {
    // A process that was killed leaves its socket behind.
    rmSync(options.relayPath, { force: true });
    await listenForRelays(options.relayPath, (key, connection) => created.sendRelay(key, connection));
  } catch (error) {
    const fields = readable({ err: error });
    send({ kind: 'log', level: 'error', message: 'Streams cannot be relayed from this process', fields });
  }
  send({ kind: 'ready' });
}

function execute(target: MediaRouter, command: Command): void {
  try {
    switch (command[0]) {
      case 'addPublishCandidates':
        return target.addPublishCandidates(command[1], command[2]);
      case 'unpublish':
        return target.unpublish(command[1]);
      case 'setVideoBitrate':
        return target.setVideoBitrate(command[1], command[2]);
      case 'setMuted':
        return target.setMuted(command[1], command[2]);
      case 'addViewCandidates':
        return target.addViewCandidates(command[1], command[2], command[3]);
      case 'setViewedVideo':
        return target.setViewedVideo(command[1], command[2], command[3]);
      case 'stopView':
        return target.stopView(command[1], command[2]);
      case 'record':
        return target.record(command[1]);
      case 'stopRecording':
        return target.stopRecording(command[1]);
    }
  } catch (error) {
    // The stream or view ended while the command was on its way; the server learns that from other messages.
    const fields = { command: command[0], reason: failureOf(error).message };
    send({ kind: 'log', level: 'debug', message: 'A command came too late', fields });
    if (command[0] !== 'record') return;
    send({ kind: 'recorded', report: { recorderId: command[1].recorderId, files: [], isEnded: true } });
  }
}

async function respond(target: RelayingRouter, request: Request): Promise<void> {
  const { id } = request;
  try {
    send({ kind: 'response', id, response: await perform(target, request) });
  } catch (error) {
    send({ kind: 'failure', id, failure: failureOf(error) });
  }
}

function perform(target: RelayingRouter, request: Request): Promise<Requests[keyof Requests]['response']> {
  switch (request.name) {
    case 'publish':
      return target.publish(request.payload);
    case 'view':
      return target.view(request.payload);
    case 'relay':
      return relay(target, request.payload);
    case 'facts':
      return target.facts();
  }
}

async function relay(target: RelayingRouter, { streamKey, from }: RelayRequest): Promise<null> {
  await target.receiveRelay(streamKey, connectRelay(from.relayPath, from.streamKey));
  return null;
}

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof MediaError ? { code: error.code, message } : { message };
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
