import type { ConferenceEvent } from '@parley-rtc/contract';
import type { MessageReader, Messages } from './messages.ts';

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
    const received = await reader.read(batchBytes);
    return [...events.filter((event) => !isEnd(event)), ...received, ...events.filter(isEnd)];
  } finally {
    stopListening();
    reader.close();
    signal.removeEventListener('abort', wakeUp);
  }
}

function isEnd({ type }: ConferenceEvent): boolean {
  return type === 'ConferenceEndedEvent';
}
