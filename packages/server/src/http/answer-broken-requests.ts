import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ErrorResponse } from '@parley-rtc/contract';

const answers: Readonly<Record<string, readonly [status: number, description: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are larger than 16 KiB. Send fewer or shorter ones.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request came too slowly. Send it again, in one go.'],
};

/** Answers what never became a request, in the usual shape, and hangs up. The input appears nowhere. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, description] = answers[error.code ?? ''] ?? [400, 'This is no HTTP request.'];
  const body = JSON.stringify({
    error: 'invalid_request',
    error_description: description,
  } satisfies ErrorResponse);
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
