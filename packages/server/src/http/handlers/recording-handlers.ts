import type { UserEndpoints } from '../../endpoints/user-endpoints.ts';
import type { RecordingAccess } from '../../recordings/recording-access.ts';
import type { Recordings } from '../../recordings/recordings.ts';
import type { Handlers } from '../operations.ts';

type Names =
  | 'startRecording'
  | 'stopRecording'
  | 'getRecordings'
  | 'getRecording'
  | 'deleteRecording'
  | 'getRecordingFile';

/** Commands on recordings, and reads of them. */
export function recordingHandlers(
  recordings: Recordings,
  access: RecordingAccess,
  endpoints: UserEndpoints,
): Handlers<Names> {
  return {
    startRecording: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      return recordings.start(body, actor);
    },
    stopRecording: ({ body, actor }) => {
      endpoints.requireOwn(actor, body.userEndpointId);
      return recordings.stop(body, actor);
    },
    getRecordings: ({ params, actor }) => access.list(params.id, actor),
    getRecording: ({ params, actor }) => access.get(params.recordingId, actor),
    deleteRecording: ({ params, actor }) => access.delete(params.recordingId, actor),
    getRecordingFile: ({ params, actor }) => access.pathOf(params.recordingId, params.name, actor),
  };
}
