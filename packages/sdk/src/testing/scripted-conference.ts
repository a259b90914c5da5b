import type { ConferenceEvents, ConferenceListener } from '../announcing/conference-events.ts';
import { NotJoinedError } from '../errors/conference-errors.ts';
import type { MessagePayload } from '../messages/message.ts';
import type { StreamQuality } from '../quality/quality-of.ts';

/** A conference whose events a test fires, and which counts its listeners. */
export class ScriptedConference {
  readonly listeners: Map<string, Set<ConferenceListener<never>>> = new Map();
  readonly qualities: Map<string, StreamQuality> = new Map();
  #received = 0;

  on(name: string, listener: ConferenceListener<never>): () => void {
    const present = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, present.add(listener));
    return () => void present.delete(listener);
  }

  quality(streamId: string): StreamQuality | undefined {
    return this.qualities.get(streamId);
  }

  /** What was sent: topic and payload. Fails while `sendingFails`. */
  readonly sent: (readonly [topic: string, payload: unknown])[] = [];
  sendingFails: boolean = false;

  send(topic: string, payload: unknown): Promise<{ id: string; sentAt: string; sequence: number }> {
    if (this.sendingFails) return Promise.reject(new NotJoinedError());
    this.sent.push([topic, payload]);
    const sequence = this.sent.length;
    return Promise.resolve({ id: `m-${sequence}`, sentAt: '2026-01-05T10:00:00.000Z', sequence });
  }

  /** Receives a message from bob. */
  receive(topic: string, payload: MessagePayload): void {
    this.#received += 1;
    const from = { endpointId: 'e', userId: 'bob', participant: undefined };
    const sentAt = '2026-01-05T10:00:00.000Z';
    const id = `r-${this.#received}`;
    this.say('message', { id, topic, payload, from, sentAt, sequence: this.#received, to: undefined });
  }

  say<Name extends keyof ConferenceEvents>(name: Name, payload: ConferenceEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) void listener(payload as never);
  }

  /** Reports the quality of a stream with this level. */
  measure(streamId: string, level: StreamQuality['level']): void {
    const quality = { score: 0, level, causes: [] };
    this.qualities.set(streamId, quality);
    this.say('quality-changed', { streamId, direction: 'view', quality });
  }

  /** Makes exactly these streams speak. */
  speak(...streamIds: readonly string[]): void {
    const participant = { id: 'e', userId: 'bob', state: 'HEALTHY', streams: [], metadata: {} } as const;
    const speakers = streamIds.map((streamId) => ({ participant, streamId, level: 0.5 }));
    this.say('active-speakers-changed', { speakers });
  }

  /** Number of listeners. */
  get listening(): number {
    return [...this.listeners.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
