import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorResponse } from '@parley-rtc/contract';

const answers: Readonly<Record<string, readonly [status: number, description: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB. Send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive. Send it again without pauses.'],
};

/**
 * How long a client may take to read the answer and close its side. Without an end, a client that never answers the FIN
 * would hold its descriptor forever.
 */
const lingerMs = 1_000;

/** Answers bytes that are not a valid request with the usual error body, and hangs up. The input is never echoed. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, description] = answers[error.code ?? ''] ?? [400, 'The request is not valid HTTP.'];
  const body = JSON.stringify({
    error: 'invalid_request',
    error_description: description,
  } satisfies ErrorResponse);
  const linger = setTimeout(() => socket.destroy(), lingerMs).unref();
  socket.once('close', () => {
    clearTimeout(linger);
  });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
