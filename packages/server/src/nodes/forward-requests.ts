import { createHash } from 'node:crypto';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { EngineError } from '../health/trouble.ts';
import type { Cluster } from '../storage/storage.ts';
import { streamKeyOf } from '../streams/stream-place.ts';
import { NodeSignatures } from './node-signatures.ts';
import { placeStream, SentStreams } from './place-stream.ts';

/** A request to the API, as far as another node needs it. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: {
    readonly authorization?: string | undefined;
    readonly 'parley-hop'?: string | readonly string[] | undefined;
  };
}

/** The answer of another node. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** The part of a request that says which stream it is about. */
interface StreamRequest {
  readonly conferenceId: string;
  readonly streamId?: string;
  readonly moves?: boolean;
}

/** Operations about the media of one stream, which only the node that receives it can do. */
const forwarded: ReadonlySet<string> = new Set([
  'publishStream',
  'addPublishStreamIceCandidates',
  'viewStream',
  'updateViewStream',
  'stopViewStream',
  'addViewStreamIceCandidates',
]);

/** How long a node may take to set up media. */
const timeoutMs = 4_000;

type ForwardingCluster = Pick<
  Cluster,
  'incarnation' | 'isDraining' | 'others' | 'owners' | 'secret' | 'urlOf'
>;

/** Forwards requests about a stream to the node that has it, with the caller's own token and a signature of this node. */
export class ForwardRequests {
  readonly #cluster: ForwardingCluster;
  readonly #ownLoad: () => number;
  readonly #signatures: NodeSignatures;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new HttpsAgent({ keepAlive: true });
  readonly #sentStreams = new SentStreams();
  /** Whether this node is about to leave. */
  isLeaving = false;

  /** `ownLoad` counts the media connections of this node. */
  constructor(cluster: ForwardingCluster, ownLoad: () => number) {
    this.#cluster = cluster;
    this.#ownLoad = ownLoad;
    this.#signatures = new NodeSignatures(cluster.secret);
  }

  /** Whether another node forwarded this request. */
  isHop({ url, headers }: ForwardedRequest): boolean {
    return this.#signatures.isSigned(String(headers['parley-hop'] ?? ''), url, tokenOf(headers));
  }

  /**
   * The answer of the node that has the stream of a request; undefined if this node answers itself. Rejects with
   * {@link EngineError} (`node_unavailable`) when that node does not answer.
   */
  async forward(
    operationId: string,
    request: ForwardedRequest,
    body: unknown,
  ): Promise<ForwardedAnswer | undefined> {
    if (!forwarded.has(operationId) || this.isHop(request)) return undefined;
    const url = await this.#target(operationId, body as StreamRequest);
    return url === undefined ? undefined : this.#send(url, request, JSON.stringify(body));
  }

  /** The node that answers a request about a stream; undefined for this one. */
  async #target(
    operationId: string,
    { conferenceId, streamId, moves }: StreamRequest,
  ): Promise<string | undefined> {
    const { owners, incarnation, isDraining, urlOf } = this.#cluster;
    const isPublishing = operationId === 'publishStream';
    const owner = streamId === undefined ? undefined : owners.of(streamKeyOf({ conferenceId, streamId }));
    const isOwn = owner === incarnation();
    const isNew = isPublishing && (owner === undefined || moves === true);
    if (isNew && owner === undefined) return this.#place(this.isLeaving);
    // A node that is about to leave gives away what moves.
    if (isNew && isOwn && this.isLeaving) return this.#place(true);
    if (owner === undefined || isOwn) return undefined;
    // From another node that is about to leave, the stream moves to this one.
    if (isNew && (await isDraining(owner))) return this.isLeaving ? this.#place(true) : undefined;
    const url = await urlOf(owner);
    // The stream of a node that is gone can be published again.
    if (url === undefined && !isPublishing) throw new EngineError('node_unavailable');
    return url;
  }

  /**
   * The answer of another node to a new stream that this one cannot take, because it is overloaded; undefined where nobody else
   * can.
   */
  async forwardElsewhere(
    operationId: string,
    request: ForwardedRequest,
    body: unknown,
  ): Promise<ForwardedAnswer | undefined> {
    const { conferenceId, streamId } = body as StreamRequest;
    const isNew =
      streamId === undefined || !this.#cluster.owners.isOwn(streamKeyOf({ conferenceId, streamId }));
    if (operationId !== 'publishStream' || !isNew || this.isHop(request)) return undefined;
    const url = await this.#place(true);
    return url === undefined ? undefined : this.#send(url, request, JSON.stringify(body));
  }

  async #place(isFull: boolean): Promise<string | undefined> {
    const others = await this.#cluster.others();
    const nowLoads = others.map((node) => this.#sentStreams.addedTo(node));
    const url = placeStream({ ownLoad: this.#ownLoad(), isFull, others: nowLoads });
    const node = others.find((other) => other.url === url);
    if (node) this.#sentStreams.note(node);
    return url;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  async #send(base: string, request: ForwardedRequest, body: string): Promise<ForwardedAnswer> {
    const { method, url, headers } = request;
    const target = new URL(url, base);
    const isSecure = target.protocol === 'https:';
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = (isSecure ? httpsRequest : httpRequest)(
          target,
          {
            method,
            agent: isSecure ? this.#https : this.#http,
            timeout: timeoutMs,
            headers: {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
              'parley-hop': this.#signatures.sign(url, tokenOf(headers)),
              ...(headers.authorization !== undefined && { authorization: headers.authorization }),
            },
          },
          resolve,
        );
        sent.on('timeout', () => sent.destroy(new Error('The other node did not answer in time.')));
        sent.on('error', reject);
        sent.end(body);
      });
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
      return {
        status: response.statusCode ?? 502,
        body: text,
        retryAfter: response.headers['retry-after'],
      };
    } catch (error) {
      throw new EngineError('node_unavailable', error);
    }
  }
}

function tokenOf({ authorization = '' }: ForwardedRequest['headers']): string {
  return createHash('sha256').update(authorization).digest('base64url');
}
