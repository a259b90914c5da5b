import type { ConferenceEvent } from '@parley-rtc/contract';
import type { MessageEvent, MessageReader, Messages } from './messages.ts';

/** Messages in one answer. A client asks again for what follows. */
const batchBytes = 256 * 1024;

/**
 * Waits for events of the history or for messages, whichever come first, and returns both; messages precede the end of the
 * conference. Closes the reader. `readEvents` returns what there is when its signal aborts.
 */
export async function readWithMessages(
  messages: Pick<Messages, 'onSent'>,
  { conferenceId, reader, signal }: { conferenceId: string; reader: MessageReader; signal: AbortSignal },
  readEvents: (signal: AbortSignal) => Promise<readonly ConferenceEvent[]>,
): Promise<readonly ConferenceEvent[]> {
  const wake = new AbortController();
  const wakeUp = (): void => {
    wake.abort('news');
  };
  // A client that is answered without news pauses, so messages for others must not wake it.
  const wakeIfThereIsMore = (): void => {
    reader.hasMore().then((hasMore) => (hasMore ? wakeUp() : undefined), wakeUp);
  };
  const stopListening = messages.onSent(conferenceId, wakeIfThereIsMore);
  signal.addEventListener('abort', wakeUp);
  try {
    if (signal.aborted || (await reader.hasMore())) wakeUp();
    const events = await readEvents(wake.signal);
    const received = await readMessagesBeside(events, reader, batchBytes);
    return [...events.filter((event) => !isEnd(event)), ...received, ...events.filter(isEnd)];
  } finally {
    stopListening();
    reader.close();
    signal.removeEventListener('abort', wakeUp);
  }
}

/** The next messages of a reader that receives `events` with them: all that are left, if these include the end. */
export async function readMessagesBeside(
  events: readonly ConferenceEvent[],
  reader: MessageReader,
  maxBytes: number,
): Promise<readonly MessageEvent[]> {
  const received = [...(await reader.read(maxBytes))];
  if (!events.some(isEnd)) return received;
  // After the end, nobody can ask for what is left. The log bounds how much that is.
  for (let count = 0; count < received.length;) {
    count = received.length;
    received.push(...(await reader.read(maxBytes)));
  }
  return received;
}

function isEnd({ type }: ConferenceEvent): boolean {
  return type === 'ConferenceEndedEvent';
}
