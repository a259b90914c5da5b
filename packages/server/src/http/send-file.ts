import { send } from '@fastify/send';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RefusalError } from '../refusal.ts';
import type { AnsweredFile } from './operations.ts';

/** Answers with a file, or the part of it that `Range` requests (RFC 9110, section 14). */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { folder, name }: AnsweredFile,
): Promise<FastifyReply> {
  const options = { root: folder, cacheControl: false, dotfiles: 'deny', index: false } as const;
  const { statusCode, headers, stream } = await send(request.raw, encodeURIComponent(name), options);
  if (statusCode === 404) throw new RefusalError('not_found', 'The file of the recording was deleted.');
  const answer = reply.status(statusCode).headers(headers);
  // Never a type that a browser would execute.
  return answer.type(name.endsWith('.webm') ? 'video/webm' : 'video/x-matroska').send(stream);
}
