import type { JsonValue, Participant } from '@parley-rtc/contract';

/** What a message can hold: any JSON value, or bytes. */
export type MessagePayload = JsonValue | Uint8Array;

/** A message that a participant sent to us. */
export interface Message {
  /** Unique for its sender. */
  readonly id: string;
  /** What it is about; apps choose their own topics. */
  readonly topic: string;
  readonly payload: MessagePayload;
  readonly from: {
    readonly endpointId: string;
    readonly userId: string;
    /** Undefined once the sender has left. */
    readonly participant: Participant | undefined;
  };
  /** When the server accepted it: ISO 8601 in UTC. */
  readonly sentAt: string;
  /** Its place among the conference's messages: higher than that of each earlier one, with gaps. */
  readonly sequence: number;
  /** The endpoints that receive it; undefined for all participants. */
  readonly to: readonly string[] | undefined;
}

export interface SendOptions {
  /** The recipients: participants, or their endpoint ids. Default: all participants. */
  readonly to?: Recipient | readonly Recipient[];
  /** Unique among our messages. A message that is sent again with its id arrives once. Default: a generated id. */
  readonly id?: string;
  /** Gives up waiting. The message may have been sent already. */
  readonly signal?: AbortSignal;
  /** How long to try, in milliseconds, for example while reconnecting. Default 30_000; `Infinity`: no limit. */
  readonly timeoutMs?: number;
}

export interface RequestOptions extends Pick<SendOptions, 'signal'> {
  /** Who is to answer. */
  readonly to: Recipient;
  /** How long to wait for the answer, in milliseconds. Default 10_000. */
  readonly timeoutMs?: number;
}

/** Answers a request; returning nothing answers with null. What it throws stays here: whoever asked learns only that it failed. */
export type RequestHandler = (
  request: Message,
) => MessagePayload | undefined | void | Promise<MessagePayload | undefined | void>;

/** A participant, or the id of an endpoint. */
export type Recipient = string | Pick<Participant, 'id'>;

/** A message that the server has accepted: each recipient receives it. */
export interface SentMessage {
  readonly id: string;
  /** When the server accepted it: ISO 8601 in UTC. */
  readonly sentAt: string;
  /** As in {@link Message}. */
  readonly sequence: number;
}
