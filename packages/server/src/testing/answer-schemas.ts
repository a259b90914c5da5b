import formats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { jsonPointer, readOpenapiDocument, type DocumentedOperation } from '../http/openapi-document.ts';

interface RawResponse {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface RawDocument {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, RawResponse> }>>;
  readonly components: { readonly responses: Record<string, RawResponse> };
}

const document = readOpenapiDocument();
const raw = document.content as unknown as RawDocument;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(document.content, 'openapi.yaml');
/** Cached, because compiling takes longer than validating. */
const compiled = new Map<string, ValidateFunction>();

/** The operation of the API document with this id. */
export function operationOf(operationId: string): DocumentedOperation {
  const operation = document.operations.find((candidate) => candidate.operationId === operationId);
  if (!operation) throw new Error(`openapi.yaml has no operation ${operationId}`);
  return operation;
}

/** Throws unless the document lists this status for the operation, and the body fits its schema. */
export function checkAnswer(operation: DocumentedOperation, status: number, body: unknown): void {
  const method = operation.method.toLowerCase();
  const response = raw.paths[operation.path]?.[method]?.responses[String(status)];
  if (!response) throw new Error(`openapi.yaml does not list ${status} for ${operation.operationId}`);
  const pointer = response.$ref ?? jsonPointer('paths', operation.path, method, 'responses', String(status));
  const name = response.$ref?.split('/').at(-1) ?? '';
  const { content } = response.$ref === undefined ? response : (raw.components.responses[name] ?? {});
  if (!content) {
    if (body !== undefined) throw new Error(`${operation.operationId} must answer ${status} without a body`);
    return;
  }
  // Events of a stream are checked individually.
  if (!('application/json' in content)) return;
  check(`${pointer}/content/application~1json/schema`, body);
}

/** Throws unless an event fits its type's schema. */
export function checkEvent(event: { readonly type?: string | undefined }): void {
  check(`#/components/schemas/${event.type}`, event);
}

function check(pointer: string, value: unknown): void {
  const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi.yaml${pointer}` });
  compiled.set(pointer, validate);
  if (!validate(value)) {
    throw new Error(`${ajv.errorsText(validate.errors)} in ${JSON.stringify(value)}`);
  }
}
