import { HttpError } from '@parley-rtc/client';
import { messageReader } from './read-messages.ts';

/** Without a byte for so long the connection is dead: the server says something each 15 seconds. */
const silenceMs = 30_000;
/** A server greets at once. Who stands between us and holds that back would hold back the events too. */
const greetingMs = 5_000;

/** How a push was over, unless it broke: then it throws. */
export type PushEnd =
  /** The server ended it, or the reader of the events wished so: open it anew. */
  | 'over'
  /** The server refuses it, for now. */
  | 'refused'
  /** The server has none, or something on the way does not let it through. */
  | 'unsupported';

export interface PushFeedOptions {
  /** Opens the stream: after the message `lastEventId`, or else where the state stands. */
  readonly open: (
    lastEventId: string | undefined,
    signal: AbortSignal,
  ) => Promise<ReadableStream<Uint8Array>>;
  /** The stream is open and brings something. */
  readonly onOpen: () => void;
  /** One event, undecoded. False ends this push. */
  readonly onEvent: (event: unknown) => boolean;
}

/** Follows one push until it is over. Goes on where the one before has ended. */
export type FollowPush = (signal: AbortSignal) => Promise<PushEnd>;

/** Makes a reader of `GET /conferences/{id}/push`. */
export function pushFeed({ open, onOpen, onEvent }: PushFeedOptions): FollowPush {
  let lastEventId: string | undefined;

  const deliver = (text: string, read: ReturnType<typeof messageReader>): boolean => {
    for (const { id, data } of read(text)) {
      lastEventId = id;
      if (!onEvent(parsed(data))) return false;
    }
    return true;
  };

  return async (signal) => {
    let stream;
    try {
      stream = await open(lastEventId, signal);
    } catch (error) {
      if (error instanceof HttpError) return isUnsupported(error) ? 'unsupported' : 'refused';
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
    let timer = setTimeout(onSilence, greetingMs);
    try {
      const decoder = new TextDecoder();
      const read = messageReader();
      for (;;) {
        const { done, value } = await bytes.read();
        if (isSilent && !isOpen) return 'unsupported';
        if (isSilent) throw new Error('The push fell silent.');
        if (done || signal.aborted) return 'over';
        clearTimeout(timer);
        timer = setTimeout(onSilence, silenceMs);
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

function isUnsupported({ status }: HttpError): boolean {
  return status < 300 || status === 404 || status === 405 || status === 501;
}

/** What is no JSON is handed on as it is, for the decoder of events to complain about. */
function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
