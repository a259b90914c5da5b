import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyError, FastifyInstance } from 'fastify';
import { MediaError, type MediaErrorCode } from '../media/media-router.ts';
import { RefusalError, type RefusalCode } from '../refusal.ts';

const statusOfRefusal: Readonly<Record<RefusalCode, number>> = {
  invalid_request: 400,
  not_joined: 400,
  already_exists: 400,
  invalid_grant: 400,
  unauthorized_client: 400,
  invalid_token: 401,
  invalid_client: 401,
  forbidden: 403,
  not_found: 404,
  already_joined: 422,
};

const answerToMediaError: Readonly<Record<MediaErrorCode, { status: number; error: string; hint: string }>> =
  {
    bad_offer: {
      status: 400,
      error: 'invalid_request',
      hint: 'Send the SDP of a fresh offer in sdpOffer, with the media that the call is about.',
    },
    no_common_codec: {
      status: 400,
      error: 'no_common_codec',
      hint: 'Offer VP8 for video and Opus for audio; everybody has these.',
    },
    unknown_stream: {
      status: 404,
      error: 'not_found',
      hint: 'The stream is gone; read the conference again.',
    },
    unknown_view: { status: 404, error: 'not_found', hint: 'The view is gone; view the stream again.' },
    overloaded: { status: 503, error: 'overloaded', hint: 'Try again in a few seconds.' },
  };

/** Makes every answer that is no success `{error, error_description}` (decision 15). */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, body } = describeError(error);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    if (status === 401 && body.error === 'invalid_token') void reply.header('www-authenticate', 'Bearer');
    if (status === 503) void reply.header('retry-after', '5');
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const body = answer('not_found', 'There is no such path. See /openapi.yaml for those there are.');
    return reply.status(404).send(body);
  });
}

function describeError(error: FastifyError): { readonly status: number; readonly body: ErrorResponse } {
  if (error instanceof RefusalError) {
    return { status: statusOfRefusal[error.code], body: answer(error.code, error.message) };
  }
  if (error instanceof MediaError) {
    const { status, error: code, hint } = answerToMediaError[error.code];
    return { status, body: answer(code, `${error.message} ${hint}`) };
  }
  const status = error.statusCode ?? 500;
  if (status < 500) return { status, body: answer('invalid_request', error.message) };
  return { status: 500, body: answer('internal_error', 'The server failed. Its log names the request id.') };
}

function answer(error: string, description: string): ErrorResponse {
  return { error, error_description: description };
}
