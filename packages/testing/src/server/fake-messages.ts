import type { MessageStart } from '@parley-rtc/client';
import type { ConferenceMessageSentEvent, NewMessage } from '@parley-rtc/contract';

/** Who reads messages, and from where. */
export interface Reader {
  readonly userEndpointId?: string | undefined;
  readonly messages?: MessageStart | undefined;
}

/** The messages of the fake server, in order. */
export class FakeMessages {
  /** How many messages to keep. */
  mostKept: number = Infinity;
  /** How often messages were asked for. */
  reads = 0;
  #sent: ConferenceMessageSentEvent[] = [];
  #lastSequence = 0;
  #droppedThrough = 0;
  readonly #joinedAfter = new Map<string, number>();

  onJoined(endpointId: string): void {
    this.#joinedAfter.set(endpointId, this.#lastSequence);
  }

  /** Stores messages that are new, and returns all of them. */
  send(
    from: { readonly userId: string; readonly userEndpointId: string },
    messages: readonly NewMessage[],
    timestamp: string,
  ): readonly ConferenceMessageSentEvent[] {
    const stored = messages.map(({ id: messageId, ...content }) => {
      const isKnown = (event: ConferenceMessageSentEvent) =>
        event.messageId === messageId && event.userEndpointId === from.userEndpointId;
      const known = this.#sent.find(isKnown);
      if (known) return known;
      this.#lastSequence += 1;
      const event = {
        type: 'ConferenceMessageSentEvent',
        id: `message-${this.#lastSequence}`,
        timestamp,
        conferenceId: 'room',
        conferenceVersion: null,
        ...from,
        messageId,
        sequence: this.#lastSequence,
        ...content,
        ...(content.to && { to: [...new Set(content.to)] }),
      } as ConferenceMessageSentEvent;
      this.#sent.push(event);
      return event;
    });
    while (this.#sent.length > this.mostKept) this.#droppedThrough = this.#sent.shift()?.sequence ?? 0;
    return stored;
  }

  /** What a reader receives now. */
  for({ userEndpointId = '', messages: start }: Reader): readonly object[] {
    if (start === undefined) return [];
    this.reads += 1;
    const isPlaced = typeof start === 'number';
    const from = isPlaced ? start : start === 'joined' ? (this.#joinedAfter.get(userEndpointId) ?? 0) : 0;
    const hasMissed = isPlaced && from < this.#droppedThrough;
    const sequence = Math.max(from, this.#droppedThrough);
    const placed = {
      type: 'ConferenceMessagesPlacedEvent',
      id: `placed-${sequence}`,
      conferenceVersion: null,
      sequence,
      hasMissed,
    };
    const isFor = (event: ConferenceMessageSentEvent) =>
      event.to ? event.to.includes(userEndpointId) : event.userEndpointId !== userEndpointId;
    const later = this.#sent.filter((event) => event.sequence > sequence && isFor(event));
    return isPlaced && !hasMissed ? later : [placed, ...later];
  }
}
