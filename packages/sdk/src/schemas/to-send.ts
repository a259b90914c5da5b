import type { JsonObject, JsonValue } from '@parley-rtc/contract';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidMessageError } from '../errors/message-errors.ts';
import { InvalidMetadataError } from '../errors/schema-errors.ts';
import type { MessagePayload } from '../messages/message.ts';
import { payloadToWire } from '../messages/payload.ts';
import { check, checkText } from './check.ts';

/** Returns metadata as other clients will receive it, and checks that form against the schema. */
export function metadataToSend(
  schema: StandardSchemaV1 | undefined,
  input: unknown,
  what: string,
): JsonObject {
  const wire = JSON.parse(asJson(input, what)) as JsonObject;
  refuse(what, schema && check(schema, wire).issues);
  return wire;
}

/** Returns an entry of the conference's metadata as the text to send. */
export function entryToSend(schema: StandardSchemaV1 | undefined, input: unknown, key: string): string {
  const what = `entry '${key}'`;
  const text = typeof input === 'string' ? input : asJson(input, what);
  refuse(what, schema && checkText(schema, text).issues);
  return text;
}

/** Returns the payload of a message as other clients will receive it. */
export function messageToSend(
  schema: StandardSchemaV1 | undefined,
  input: unknown,
  topic: string,
): MessagePayload {
  const wire = input instanceof Uint8Array ? input : (payloadToWire(input as JsonValue).payload as JsonValue);
  const { issues } = (schema && check(schema, wire)) ?? {};
  if (!issues) return wire;
  const messages = issues.map(({ message }) => message).join('; ');
  throw new InvalidMessageError(`The payload of '${topic}' is not valid: ${messages}.`, { issues });
}

function refuse(what: string, issues: readonly StandardSchemaV1.Issue[] | undefined): void {
  if (issues) throw new InvalidMetadataError(what, issues);
}

function asJson(input: unknown, what: string): string {
  const notJson = (options?: ErrorOptions) =>
    new InvalidMetadataError(what, [{ message: 'It cannot be serialized as JSON' }], options);
  let json: string | undefined;
  try {
    json = JSON.stringify(input);
  } catch (cause) {
    throw notJson({ cause });
  }
  if (json === undefined) throw notJson();
  return json;
}
