import type { ErrorResponse } from '@parley-rtc/contract';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { troubleOf } from '../health/trouble.ts';
import { MediaError, type MediaErrorCode } from '../media/media-router.ts';
import { RefusalError, type RefusalCode } from '../refusal.ts';
import { RateLimitError } from './rates/rate-limiter.ts';
import { securityHeaders } from './security-headers.ts';

const statusOfRefusal: Readonly<Record<RefusalCode, number>> = {
  invalid_request: 400,
  not_joined: 400,
  already_exists: 400,
  unknown_recipient: 400,
  position_unavailable: 400,
  limit_exceeded: 400,
  recording_unavailable: 400,
  media_encrypted: 400,
  invalid_grant: 400,
  unauthorized_client: 400,
  invalid_token: 401,
  invalid_client: 401,
  forbidden: 403,
  conference_full: 403,
  locked: 403,
  lobby: 403,
  removed: 403,
  banned: 403,
  not_found: 404,
  not_recording: 404,
  already_joined: 422,
  too_many_requests: 429,
};

const answerToMediaError: Readonly<Record<MediaErrorCode, { status: number; error: string; hint: string }>> =
  {
    bad_offer: {
      status: 400,
      error: 'invalid_request',
      hint: 'Send a new offer with the media of this stream in sdpOffer.',
    },
    no_common_codec: {
      status: 400,
      error: 'no_common_codec',
      hint: 'All browsers support VP8 and Opus.',
    },
    unknown_stream: {
      status: 404,
      error: 'not_found',
      hint: 'Read the conference to see its streams.',
    },
    unknown_view: { status: 404, error: 'not_found', hint: 'View the stream again.' },
    overloaded: { status: 503, error: 'overloaded', hint: 'Try again in a few seconds.' },
  };

/** Receives an error that is the server's own, and the log of its request. */
export type HttpServerFailure = (error: unknown, log: FastifyBaseLogger) => void;

/** Gives every error response the form `{error, error_description}` (decision 15). */
export function answerErrors(app: FastifyInstance, onFailure: HttpServerFailure): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, body } = describeError(error);
    if (status >= 500) onFailure(error, request.log);
    if (status === 401 && body.error === 'invalid_token') void reply.header('www-authenticate', 'Bearer');
    if (error instanceof RateLimitError) void reply.header('retry-after', String(error.retryAfterSeconds));
    else if (status === 503 || status === 429) void reply.header('retry-after', '3');
    return reply.status(status).send(body);
  });
  app.setNotFoundHandler((_request, reply) => {
    const body = answer('not_found', 'The path does not exist. See /openapi.yaml for all paths.');
    return reply.status(404).send(body);
  });
}

/** Answers requests without a route because their URL cannot be decoded; no hook runs for them. */
export function answerFrameworkError(
  error: FastifyError,
  _request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { status, body } = describeError(error);
  void reply.status(status).headers(securityHeaders).send(body);
}

/** Hints that Fastify's own messages lack. */
const hintOf: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'The body exceeds the limit (bodyBytes). Send less per request.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'The content type is not supported. Send application/json, or a form to the token endpoint.',
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
    // The document lists neither 413 nor 415, so these become a 400 with an explanation.
    return { status: 400, body: answer('invalid_request', hintOf[error.code] ?? error.message) };
  }
  const trouble = troubleOf(error);
  if (trouble) return { status: 503, body: answer(trouble.code, trouble.description) };
  return {
    status: 500,
    body: answer('internal_error', 'The server failed. Look up the request id in its log.'),
  };
}

/** Longer descriptions repeat hostile input. */
const longestDescription = 600;

function answer(error: string, description: string): ErrorResponse {
  const isLong = description.length > longestDescription;
  return { error, error_description: isLong ? `${description.slice(0, longestDescription)}…` : description };
}
