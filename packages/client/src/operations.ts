import type { Recording, WireConference } from '@parley-rtc/contract';
import {
  asks,
  callOperations,
  conferences,
  get,
  post,
  reads,
  segment,
  tells,
  type Operations,
} from './call-operations.ts';
import { list, object, ticket } from './results.ts';
import type { RtcApi } from './rtc-api.ts';

const recordings = 'rtc-api/recordings';

/** Every operation: those that a call needs, and those of back ends. */
export const operations: Operations<RtcApi> = {
  ...callOperations,

  setInteraction: tells(`${conferences}/interaction`),
  getActive: (send, operation) => async (options) =>
    (await send(get(operation, `${conferences}/active`), options)).read(list<WireConference>),

  getRecordings: reads(list<Recording>, conferences, '/recordings'),
  getRecording: reads(object<Recording>('recordingId', 'streams'), recordings),
  deleteRecording: (send, operation) => async (recordingId, options) => {
    const path = `${recordings}/${segment(recordingId)}/delete`;
    (await send(post(operation, 'idempotent', undefined, path), options)).read(() => true);
  },
  getRecordingFile: (send, operation) => async (recordingId, name, options) => {
    const path = `${recordings}/${segment(recordingId)}/files/${segment(name)}`;
    const answer = await send({ ...get(operation, path), streamType: 'video/' }, options);
    return answer.stream ?? answer.read<ReadableStream<Uint8Array>>(() => undefined);
  },

  createTicket: asks('unsafe', ticket, 'security/ticket'),
  getTicket: reads(ticket, 'security/ticket'),
  revokeTicket: (send, operation) => async (ticketId, options) => {
    const path = `security/ticket/${segment(ticketId)}/revoke`;
    (await send(post(operation, 'idempotent', undefined, path), options)).read(() => true);
  },
  revokeUser: tells('security/users/revoke'),
};
