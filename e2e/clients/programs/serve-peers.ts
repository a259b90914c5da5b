import { createInterface } from 'node:readline';
import type { Counts, PeerRequest } from '../media-client.ts';

/** One connection of a client program. */
export interface ServedPeer {
  offer(): Promise<string>;
  accept(answer: string): Promise<void>;
  count(): Counts;
  close(): void;
}

type Request =
  | ({ readonly do: 'offer' } & PeerRequest)
  | { readonly do: 'accept'; readonly answer: string }
  | { readonly do: 'count' | 'close' };

/** Speaks the line protocol of program-client.ts on this process's standard streams, until its input ends. */
export function servePeers(create: (request: PeerRequest) => ServedPeer): void {
  const peers = new Map<string, ServedPeer>();
  const respond = async (peer: string, request: Request): Promise<object> => {
    if (request.do === 'offer') peers.set(peer, create(request));
    const served = peers.get(peer);
    if (!served) throw new Error(`There is no peer ${peer}.`);
    if (request.do === 'offer') return { offer: await served.offer() };
    if (request.do === 'accept') await served.accept(request.answer);
    if (request.do === 'count') return served.count();
    if (request.do === 'close') served.close();
    return {};
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const { id, peer, ...request } = JSON.parse(line) as Request & { id: number; peer: string };
    void respond(peer, request as Request)
      .catch((error: unknown) => ({ error: String(error) }))
      .then((response) => process.stdout.write(`${JSON.stringify({ id, ...response })}\n`));
  });
  lines.on('close', () => process.exit());
}
