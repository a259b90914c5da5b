import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { MediaLog, RelayingRouter } from '../media/media-router.ts';
import type { FromRouter, ToRouter } from '../media/pool/messages.ts';
import { OfferedRelays } from '../media/pool/offered-relays.ts';
import { serveRouter } from '../media/pool/serve-router.ts';
import { readLines, writeLine } from './node-router-link.ts';
import type { NodeTunnels } from './node-tunnels.ts';

/** Lets other nodes send views of their streams from here: they relay the streams, and use the router for nothing else. */
export function serveOtherNodes(
  server: Server,
  tunnels: Pick<NodeTunnels, 'accept'>,
  router: RelayingRouter,
  log: MediaLog,
): void {
  const offered = new OfferedRelays(router);
  tunnels.accept(server, (tunnel, connection) => {
    if (tunnel.use === 'relay') offered.offer(tunnel.streamKey, connection);
    else serveNode(connection, router, offered, log);
  });
}

function serveNode(connection: Duplex, router: RelayingRouter, offered: OfferedRelays, log: MediaLog): void {
  /** The streams that this node relays here. */
  const streamKeys = new Set<string>();
  const send = (message: FromRouter): void => writeLine(connection, message);
  const serve = serveRouter({
    router,
    facts: async () => (await router.facts()).filter(({ streamKey }) => streamKeys.has(streamKey)),
    send,
    log,
    relay: async ({ streamKey }) => {
      streamKeys.add(streamKey);
      await offered.take(streamKey);
    },
  });
  const stopListening = router.onPeerLost((lost) => {
    if (!streamKeys.has(lost.streamKey)) return;
    if (lost.viewerId === undefined) streamKeys.delete(lost.streamKey);
    send({ kind: 'lost', lost });
  });
  readLines<ToRouter>(connection, (message) => {
    const streamKey = message.kind === 'command' ? keyOf(message.command[1]) : undefined;
    if (streamKey !== undefined && !streamKeys.has(streamKey)) return;
    serve(message);
    if (message.kind === 'command' && message.command[0] === 'unpublish')
      streamKeys.delete(message.command[1]);
  });
  connection.once('close', () => {
    stopListening();
    for (const streamKey of streamKeys) router.unpublish(streamKey);
  });
}

function keyOf(subject: string | { readonly streamKey: string }): string {
  return typeof subject === 'string' ? subject : subject.streamKey;
}
