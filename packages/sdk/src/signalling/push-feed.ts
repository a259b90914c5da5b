import { HttpError, NotFoundError } from '@parley-rtc/client';
import { pushGreetingMs, pushSilenceMs } from '../waiting/recovery-policy.ts';
import { isPositionRefusal } from './is-position-refusal.ts';
import { messageReader } from './read-messages.ts';

/** How a push ended. A push that fails throws instead. */
export type PushEnd =
  /** The server or `onEvent` ended it; open it again. */
  | 'over'
  /** The server refuses it for now. */
  | 'refused'
  /** The server's history does not have the position that we asked for. */
  | 'misplaced'
  /** Nothing arrived for too long: the network is gone, or a proxy buffers the push. */
  | 'silent'
  /** The server says that it has no push. */
  | 'unsupported';

export interface PushFeedOptions {
  /** Opens the stream after message `lastEventId`, or by default at the version of the current state. */
  readonly open: (
    lastEventId: string | undefined,
    signal: AbortSignal,
  ) => Promise<ReadableStream<Uint8Array>>;
  /** Called when the stream's first bytes arrive. */
  readonly onOpen: () => void;
  /** Receives one event, undecoded. Returning false ends this push. */
  readonly onEvent: (event: unknown) => boolean;
}

/**
 * Follows one push until it ends. Continues after the last message of the previous push, unless `isContinued` is false
 * because the state has changed since by other means.
 */
export type FollowPush = (signal: AbortSignal, isContinued: boolean) => Promise<PushEnd>;

/** Creates a reader of `GET /conferences/{id}/push`. */
export function pushFeed({ open, onOpen, onEvent }: PushFeedOptions): FollowPush {
  let lastEventId: string | undefined;

  const deliver = (text: string, read: ReturnType<typeof messageReader>): boolean => {
    for (const { id, data } of read(text)) {
      lastEventId = id;
      if (!onEvent(parsed(data))) return false;
    }
    return true;
  };

  return async (signal, isContinued) => {
    if (!isContinued) lastEventId = undefined;
    let stream;
    try {
      stream = await open(lastEventId, signal);
    } catch (error) {
      if (isPositionRefusal(error)) return 'misplaced';
      if (error instanceof HttpError) return error instanceof NotFoundError ? 'unsupported' : 'refused';
      throw error;
    }
    const bytes = stream.getReader();
    let isOpen = false;
    let isSilent = false;
    const cancel = () => void bytes.cancel().catch(() => {});
    const onSilence = () => {
      isSilent = true;
      cancel();
    };
    signal.addEventListener('abort', cancel);
    if (signal.aborted) cancel();
    let timer = setTimeout(onSilence, pushGreetingMs);
    try {
      const decoder = new TextDecoder();
      const read = messageReader();
      for (;;) {
        const { done, value } = await bytes.read();
        if (isSilent) return 'silent';
        if (done || signal.aborted) return 'over';
        clearTimeout(timer);
        timer = setTimeout(onSilence, pushSilenceMs);
        if (!isOpen) onOpen();
        isOpen = true;
        if (!deliver(decoder.decode(value, { stream: true }), read)) return 'over';
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      cancel();
    }
  };
}

/** Passes text that is not JSON on unchanged, because the event decoder reports it. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
