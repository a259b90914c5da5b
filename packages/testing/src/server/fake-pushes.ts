import type { PushStart } from '@parley-rtc/client';

/** Time between the server's heartbeats. */
const heartbeatMs = 15_000;
/** Longest duration of a push. */
const lifeMs = 60_000;

interface SentEvent {
  readonly conferenceVersion: number | null;
  readonly [name: string]: unknown;
}

/** The pushes of the fake server: all events in order, and the streams that send them. */
export class FakePushes {
  isSilent = false;
  #sent: { readonly place: number; readonly event: SentEvent }[] = [];
  #nextPlace = 0;
  readonly #open = new Set<{ say: (text: string) => void; breakOff: () => void; tell: () => void }>();
  readonly #messagesFor: (reader: PushStart) => readonly object[];

  constructor(messagesFor: (reader: PushStart) => readonly object[]) {
    this.#messagesFor = messagesFor;
  }

  get openCount(): number {
    return this.#open.size;
  }

  send(event: SentEvent): void {
    const place = this.#nextPlace;
    this.#nextPlace += 1;
    this.#sent.push({ place, event });
    for (const { say } of this.#open) say(message(event, place));
  }

  /** Sends to each reader the messages that it has not received. */
  sendMessages(): void {
    for (const { tell } of this.#open) tell();
  }

  /** Forgets the events from a version of the history on. */
  setBack(version: number): void {
    const end = this.#sent.findIndex(({ event }) => (event.conferenceVersion ?? -1) >= version);
    if (end !== -1) this.#sent.length = end;
  }

  /** Whether it has sent the message with this id. */
  has(id: string): boolean {
    return this.#sent.some(({ place }) => place === Number(id));
  }

  breakAll(): void {
    for (const { breakOff } of this.#open) breakOff();
  }

  open(start: PushStart): ReadableStream<Uint8Array> {
    const { version = 0, lastEventId } = start;
    let { messages } = start;
    const encoder = new TextEncoder();
    let close: (() => void) | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const say = (text: string) => void (this.isSilent || controller.enqueue(encoder.encode(text)));
        const push = {
          say,
          tell: () => {
            const events = this.#messagesFor({ ...start, messages });
            for (const event of events) {
              messages = (event as { readonly sequence: number }).sequence;
              say(`data: ${JSON.stringify(event)}\n\n`);
            }
          },
          breakOff: () => {
            close?.();
            controller.error(new TypeError('network error'));
          },
        };
        const heartbeat = setInterval(() => say(':\n\n'), heartbeatMs);
        const end = setTimeout(() => {
          close?.();
          controller.close();
        }, lifeMs);
        close = () => {
          clearInterval(heartbeat);
          clearTimeout(end);
          this.#open.delete(push);
        };
        this.#open.add(push);
        say(': open\n\n');
        for (const { place, event } of this.#sent) {
          const isDue =
            lastEventId === undefined
              ? (event.conferenceVersion ?? -1) >= version
              : place > Number(lastEventId);
          if (isDue) say(message(event, place));
        }
        push.tell();
      },
      cancel: () => close?.(),
    });
  }
}

function message(event: SentEvent, place: number): string {
  return `id: ${place}\ndata: ${JSON.stringify(event)}\n\n`;
}
