import type { PushStart } from '@parley-rtc/client';

/** The server's pause between signs of life. */
const heartbeatMs = 15_000;
/** How long a push lasts at most. */
const lifeMs = 60_000;

interface SentEvent {
  readonly conferenceVersion: number | null;
  readonly [name: string]: unknown;
}

/** The pushes of the fake server: all that happened in one row, and streams that tell it. */
export class FakePushes {
  isSilent = false;
  readonly #sent: SentEvent[] = [];
  readonly #open = new Set<{ say: (text: string) => void; breakOff: () => void }>();

  get openCount(): number {
    return this.#open.size;
  }

  send(event: SentEvent): void {
    this.#sent.push(event);
    for (const { say } of this.#open) say(message(event, this.#sent.length - 1));
  }

  breakAll(): void {
    for (const { breakOff } of this.#open) breakOff();
  }

  open({ version = 0, lastEventId }: PushStart): ReadableStream<Uint8Array> {
    const encoder = new TextEncoder();
    let close: (() => void) | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        const say = (text: string) => void (this.isSilent || controller.enqueue(encoder.encode(text)));
        const push = {
          say,
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
        for (const [place, event] of this.#sent.entries()) {
          const isWanted =
            lastEventId === undefined
              ? (event.conferenceVersion ?? -1) >= version
              : place > Number(lastEventId);
          if (isWanted) say(message(event, place));
        }
      },
      cancel: () => close?.(),
    });
  }
}

function message(event: SentEvent, place: number): string {
  return `id: ${place}\ndata: ${JSON.stringify(event)}\n\n`;
}
