import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.ts';

const maxBodyBytes = 4096;

/** Reads a small JSON object from the body. Refuses everything else with 400. */
export async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw invalid(`Send at most ${maxBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  const body = parse(Buffer.concat(chunks).toString('utf8'));
  if (typeof body !== 'object' || body === null) throw invalid('Send a JSON object.');
  return { ...body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('Send a JSON object.');
  }
}

function invalid(message: string): RequestError {
  return new RequestError(400, 'invalid_request', message);
}
