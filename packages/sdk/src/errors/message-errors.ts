import { ParleyError } from '@parley-rtc/client';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A message cannot be sent as it is. Nothing was sent. */
export class InvalidMessageError extends ParleyError {
  override readonly name = 'InvalidMessageError';
  override readonly code = 'ERR_INVALID_MESSAGE';
  /** The issues that the schema reports, when `withSchemas` refuses the payload; otherwise empty. */
  readonly issues: readonly StandardSchemaV1.Issue[];
  constructor(
    message: string,
    { issues = [], ...options }: ErrorOptions & { readonly issues?: readonly StandardSchemaV1.Issue[] } = {},
  ) {
    const hint =
      'Send a topic of 1 to 128 characters, and JSON or a Uint8Array that its schema, if any, accepts.';
    super(message, hint, options);
    this.issues = issues;
  }
}

/** A recipient of a message has left the conference, never was in it, or is the sender. Nobody received the message. */
export class RecipientNotFoundError extends ParleyError {
  override readonly name = 'RecipientNotFoundError';
  override readonly code = 'ERR_RECIPIENT_NOT_FOUND';
  constructor(options?: ErrorOptions) {
    super(
      'A recipient is not in the conference, or is the sender.',
      'Send to other participants who are present, or leave `to` out to send to all.',
      options,
    );
  }
}

/** Messages were dropped before we read them: more were sent than the server keeps. */
export class MessagesMissedError extends ParleyError {
  override readonly name = 'MessagesMissedError';
  override readonly code = 'ERR_MESSAGES_MISSED';
  constructor() {
    super(
      'The server no longer keeps some messages that were not received.',
      'Say so in your app. Messages after these still arrive.',
    );
  }
}

/** A message could not be decrypted: its sender has another key or none, or it was changed or repeated on its way. */
export class MessageNotDecryptedError extends ParleyError {
  override readonly name = 'MessageNotDecryptedError';
  override readonly code = 'ERR_MESSAGE_NOT_DECRYPTED';
  /** The endpoint that the server names as its sender. */
  readonly endpointId: string;
  readonly messageId: string;
  constructor(endpointId: string, messageId: string, options?: ErrorOptions) {
    super(
      'A message could not be decrypted and was dropped.',
      'Make sure that all participants use the same key, and that all of them encrypt.',
      options,
    );
    this.endpointId = endpointId;
    this.messageId = messageId;
  }
}

/** A participant could not answer a request: it has no handler for it, or the handler failed. */
export class RequestFailedError extends ParleyError {
  override readonly name = 'RequestFailedError';
  override readonly code = 'ERR_REQUEST_FAILED';
  readonly topic: string;
  /** Whether the other page has no handler for the topic. */
  readonly hasNoHandler: boolean;
  constructor(topic: string, hasNoHandler: boolean) {
    super(
      `The participant did not answer the request '${topic}'.`,
      'Check that its page calls onRequest() for this topic, and what the page reports.',
    );
    this.topic = topic;
    this.hasNoHandler = hasNoHandler;
  }
}

/** The server lacks an extension of the API that the call needs. */
export class UnsupportedByServerError extends ParleyError {
  override readonly name = 'UnsupportedByServerError';
  override readonly code = 'ERR_UNSUPPORTED_BY_SERVER';
  /** What the server lacks, for example `messages`. */
  readonly extension: string;
  constructor(extension: string, options?: ErrorOptions) {
    super(
      `This server does not support ${extension}.`,
      'Use a current Parley server, or do without.',
      options,
    );
    this.extension = extension;
  }
}
