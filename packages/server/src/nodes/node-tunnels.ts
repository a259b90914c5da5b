import { request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { NodeSignatures } from './node-signatures.ts';

/** What a tunnel is for: use of the other node's media router, or one stream on its way there. */
export type Tunnel = { readonly use: 'router' } | { readonly use: 'relay'; readonly streamKey: string };

const timeoutMs = 4_000;
const header = 'parley-tunnel';
const signatureHeader = 'parley-hop';
/** HTTP wants an authority in the place of a path; which one does not matter. */
const authority = 'node:0';

/** Byte streams between nodes, over the port of their APIs (HTTP's CONNECT). */
export class NodeTunnels {
  readonly #signatures: NodeSignatures;
  readonly #open = new Set<Duplex>();

  constructor(secret: string) {
    this.#signatures = new NodeSignatures(secret);
  }

  /** Opens a tunnel to a node; rejects when the node does not answer, or refuses it. */
  open(nodeUrl: string, tunnel: Tunnel): Promise<Duplex> {
    const { protocol, hostname, port } = new URL(nodeUrl);
    const text = JSON.stringify(tunnel);
    return new Promise((resolve, reject) => {
      const sent = (protocol === 'https:' ? httpsRequest : httpRequest)({
        method: 'CONNECT',
        host: hostname.replaceAll(/[[\]]/g, ''),
        port: port === '' ? undefined : port,
        path: authority,
        timeout: timeoutMs,
        headers: {
          [header]: Buffer.from(text).toString('base64url'),
          [signatureHeader]: this.#signatures.sign('CONNECT', text),
        },
      });
      sent.on('timeout', () => sent.destroy(new Error('The other node did not answer in time.')));
      sent.on('error', reject);
      sent.on('connect', ({ statusCode }, socket, head) => {
        // Errors are followed by `close`.
        socket.on('error', () => {});
        socket.setTimeout(0);
        if (statusCode !== 200) {
          socket.destroy();
          reject(new Error(`The other node refused the tunnel with ${statusCode}.`));
          return;
        }
        resolve(this.#keep(socket, head));
      });
      sent.end();
    });
  }

  /** Calls `onTunnel` with each tunnel that another node opens to this server. */
  accept(server: Server, onTunnel: (tunnel: Tunnel, connection: Duplex) => void): void {
    server.on('connect', (request, socket, head) => {
      // Errors are followed by `close`.
      socket.on('error', () => {});
      const tunnel = this.#read(request);
      if (!tunnel) {
        const answer = 'HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
        socket.end(answer, () => socket.destroy());
        return;
      }
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onTunnel(tunnel, this.#keep(socket, head));
    });
  }

  /** Closes all tunnels. */
  close(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #read({ headers }: IncomingMessage): Tunnel | undefined {
    const text = Buffer.from(String(headers[header] ?? ''), 'base64url').toString();
    const isSigned = this.#signatures.isSigned(String(headers[signatureHeader] ?? ''), 'CONNECT', text);
    return isSigned ? (JSON.parse(text) as Tunnel) : undefined;
  }

  #keep(connection: Duplex, head: Buffer): Duplex {
    if (head.length > 0) connection.unshift(head);
    // Packets must not wait for more of them.
    if (connection instanceof Socket) connection.setNoDelay(true);
    this.#open.add(connection);
    connection.once('close', () => this.#open.delete(connection));
    return connection;
  }
}
