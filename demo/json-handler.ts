import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from './request-error.ts';

/** Answers a request with JSON. */
export type JsonHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Sends what `answer` returns for a POST request. A {@link RequestError} becomes the response that it describes. */
export function jsonHandler(answer: (request: IncomingMessage) => object | Promise<object>): JsonHandler {
  return async (request, response) => {
    try {
      if (request.method !== 'POST') throw new RequestError(400, 'invalid_request', 'Send a POST request.');
      send(response, 200, await answer(request));
    } catch (error) {
      if (error instanceof RequestError) {
        send(response, error.status, { error: error.code, error_description: error.message });
      } else {
        console.error(`POST /backend${request.url} failed:`, error);
        send(response, 502, {
          error: 'server_error',
          error_description: 'Something went wrong on the call server. Try again.',
        });
      }
    }
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
