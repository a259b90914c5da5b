import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ClientPeer, Counts, MediaClient, PeerRequest } from './media-client.ts';

const responseDeadlineMs = 20_000;

interface Response {
  readonly id: number;
  readonly error?: string;
}

/**
 * A client in a process of its own. Each request is one line of JSON, and so is each response, with the same `id`:
 *
 * - `{ id, peer, do: 'offer', role, kinds, bundlePolicy }` → `{ id, offer }`, with all candidates
 * - `{ id, peer, do: 'accept', answer }` → `{ id }`
 * - `{ id, peer, do: 'count' }` → `{ id, audio, video }`
 * - `{ id, peer, do: 'close' }` → `{ id }`
 *
 * A response may have an `error` instead. The program ends when its input does.
 */
export function startProgram(name: string, command: string, args: readonly string[]): MediaClient {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', process.env['PARLEY_CLIENT_LOG'] ? 'inherit' : 'ignore'],
  });
  const waiting = new Map<number, (response: Response) => void>();
  const failAll = (reason: string) => {
    for (const [id, resolve] of waiting) resolve({ id, error: reason });
    waiting.clear();
  };
  child.once('error', (error) => failAll(String(error)));
  const exited = new Promise<void>((resolve) => {
    child.once('close', (status) => {
      failAll(`${name} exited with ${status}`);
      resolve();
    });
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const response = JSON.parse(line) as Response;
    waiting.get(response.id)?.(response);
    waiting.delete(response.id);
  });
  let requests = 0;
  let peers = 0;
  const ask = async <Answer>(peer: string, request: object): Promise<Answer> => {
    const id = (requests += 1);
    const response = await new Promise<Response>((resolve) => {
      waiting.set(id, resolve);
      setTimeout(
        () => resolve({ id, error: `no response in ${responseDeadlineMs} ms` }),
        responseDeadlineMs,
      ).unref();
      if (child.exitCode === null) child.stdin.write(`${JSON.stringify({ id, peer, ...request })}\n`);
      else resolve({ id, error: `${name} is not running` });
    });
    if (response.error !== undefined) throw new Error(`${name}: ${response.error}`);
    return response as Answer;
  };
  return {
    name,
    async open(request: PeerRequest): Promise<ClientPeer> {
      const peer = String((peers += 1));
      const { offer } = await ask<{ offer: string }>(peer, { do: 'offer', ...request });
      return {
        offer,
        accept: (answer) => ask(peer, { do: 'accept', answer }),
        count: () => ask<Counts>(peer, { do: 'count' }),
        close: () => ask(peer, { do: 'close' }),
      };
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}
