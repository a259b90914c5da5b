import type { Log } from '@parley-rtc/client';
import type { DecryptionContext, EncryptionContext } from '../publishing/media-encryption.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { EncryptionWorker } from './encryption-worker.ts';
import { UndecryptedStreams } from './undecrypted-streams.ts';
import type { PipeOptions } from './worker-messages.ts';

export interface FrameTransforms {
  readonly worker: EncryptionWorker;
  /** Ids of the viewed streams that cannot be decrypted now. */
  readonly undecrypted: Pick<UndecryptedStreams, 'ids'>;
  /** The logs of the conferences that use it, each once. */
  readonly logs: () => Iterable<Log>;
  /** Creates the transform of one sender or receiver, which uses the keys in `ring` and lasts until `context.closed` aborts. */
  readonly create: (
    kind: string,
    direction: PipeOptions['direction'],
    ring: string,
    context: EncryptionContext | DecryptionContext,
  ) => RTCRtpScriptTransform;
}

/**
 * Starts the worker, and forwards its reports to the streams and conferences concerned.
 *
 * @throws MediaEncryptionError (`ERR_MEDIA_ENCRYPTION`) when the page may not create the worker.
 */
export function frameTransforms(given: Worker | undefined): FrameTransforms {
  const undecrypted = new UndecryptedStreams();
  const contexts = new Map<number, EncryptionContext | DecryptionContext>();
  let lastId = 0;
  const worker = new EncryptionWorker({
    worker: given,
    onReport: ({ id, isDecrypted }) => {
      const context = contexts.get(id);
      if (!context || !('streamId' in context)) return;
      const change = undecrypted.report(context.streamId, id, isDecrypted);
      if (change !== undefined) context.onDecryption(change);
    },
    onFailed: (error) => {
      // Once per conference, not once per transform.
      const listeners = new Set([...contexts.values()].map(({ onProblem }) => onProblem));
      for (const onProblem of listeners) onProblem(error);
    },
  });
  return {
    worker,
    undecrypted,
    logs: () => new Set([...contexts.values()].flatMap(({ log }) => log ?? [])),
    create: (kind, direction, ring, context) => {
      const id = (lastId += 1);
      const transform = worker.transform({ id, kind: kind as TrackKind, direction, ring });
      contexts.set(id, context);
      const forget = () => {
        contexts.delete(id);
        if ('streamId' in context) undecrypted.forget(context.streamId, id);
        worker.closePipe(id);
      };
      context.closed.addEventListener('abort', forget);
      return transform;
    },
  };
}
