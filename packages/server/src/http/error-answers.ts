import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MediaError, type MediaErrorCode } from '../media/media-router.ts';
import { RefusalError, type RefusalCode } from '../refusal.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { securityHeaders } from './security-headers.ts';

const statusOfRefusal: Readonly<Record<RefusalCode, number>> = {
  invalid_request: 400,
  not_joined: 400,
  already_exists: 400,
  limit_exceeded: 400,
  invalid_grant: 400,
  unauthorized_client: 400,
  invalid_token: 401,
  invalid_client: 401,
  forbidden: 403,
  conference_full: 403,
  not_found: 404,
  already_joined: 422,
  too_many_requests: 429,
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
      hint: 'VP8 and Opus are what everybody has.',
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
    if (error instanceof RateLimitError) void reply.header('retry-after', String(error.retryAfterSeconds));
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    if (status === 401 && body.error === 'invalid_token') void reply.header('www-authenticate', 'Bearer');
    if (status === 503) void reply.header('retry-after', '3');
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const body = answer('not_found', 'There is no such path. See /openapi.yaml for those there are.');
    return reply.status(404).send(body);
  });
}

/** Answers what has no route because its URL cannot be read; no hook runs for that. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = describeError(error);
  void reply.status(status).headers(securityHeaders).send(body);
}

/** What Fastify's own words leave open. */
const hintOf: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body is larger than the limit (bodyBytes). Send less at once.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'The content type is not supported. Send application/json, and forms to the token endpoint.',
  FST_ERR_BAD_URL: 'The URL cannot be decoded. Percent-encode each part of the path as UTF-8.',
};

function describeError(error: FastifyError): { readonly status: number; readonly body: ErrorResponse } {
  if (error instanceof RefusalError) {
    return { status: statusOfRefusal[error.code], body: answer(error.code, error.message) };
  }
  if (error instanceof MediaError) {
    const { status, error: code, hint } = answerToMediaError[error.code];
    return { status, body: answer(code, `${error.message} ${hint}`) };
  }
  if ((error.statusCode ?? 500) < 500) {
    // The document lists neither 413 nor 415, so these are a 400 that says what is wrong.
    return { status: 400, body: answer('invalid_request', hintOf[error.code] ?? error.message) };
  }
  return { status: 500, body: answer('internal_error', 'The server failed. Its log names the request id.') };
}

/** Longer ones repeat a hostile input. */
const longestDescription = 600;

function answer(error: string, description: string): ErrorResponse {
  const isLong = description.length > longestDescription;
  return { error, error_description: isLong ? `${description.slice(0, longestDescription)}…` : description };
}
