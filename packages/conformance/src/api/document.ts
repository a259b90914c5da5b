import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import formats from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** An operation of the API document. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  /** With `{name}` as placeholder for parameters. */
  readonly path: string;
  readonly contentType: string | undefined;
  readonly successStatus: number;
  /** Whether the public page lists it; other operations belong to the surrounding platform. */
  readonly isOfThePage: boolean;
  /** Required fields of the body. */
  readonly requiredFields: readonly string[];
  readonly statuses: readonly number[];
}

interface RawOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
  };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface RawDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<'get' | 'post', RawOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, { readonly required?: readonly string[] }>>;
  };
}

const documentId = 'openapi.yaml';
const content = parse(
  readFileSync(createRequire(import.meta.url).resolve('@parley-rtc/contract/openapi.yaml'), 'utf8'),
) as RawDocument;
const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(content, documentId);

/**
 * All operations of the API document that return JSON or nothing, by operationId. Event streams are Parley extensions and
 * not part of the contract.
 */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries(content.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, raw]) => !isEventStream(raw))
      .map(([method, raw]) => [raw.operationId, describe(path, method, raw)]),
  ),
);

function isEventStream({ responses }: RawOperation): boolean {
  return Object.values(responses).some(({ content: bodies }) => bodies && 'text/event-stream' in bodies);
}

/** Checks the body of a 2xx response against the document. Returns the problem, or undefined. */
export function problemOfSuccess(operation: Operation, status: number, body: unknown): string | undefined {
  const method = operation.method.toLowerCase() as 'get' | 'post';
  const response = content.paths[operation.path]?.[method].responses[String(status)];
  if (!response?.content) return body === undefined ? undefined : 'a body where none is allowed';
  return problemBy(
    pointer(
      'paths',
      operation.path,
      method,
      'responses',
      `${status}`,
      'content',
      'application/json',
      'schema',
    ),
    body,
  );
}

/** Checks a value against a named schema of the document. Returns the problem, or undefined. */
export function problemOfSchema(name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(content.components.schemas, name)) return undefined;
  return problemBy(pointer('components', 'schemas', name), value);
}

const compiled = new Map<string, ValidateFunction>();

function problemBy(fragment: string, value: unknown): string | undefined {
  const validate = compiled.get(fragment) ?? ajv.compile({ $ref: `${documentId}${fragment}` });
  compiled.set(fragment, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: 'body' });
}

function describe(path: string, method: string, raw: RawOperation): Operation {
  const [contentType] = Object.keys(raw.requestBody?.content ?? {});
  const schema = raw.requestBody?.content[contentType ?? '']?.schema.$ref.split('/').at(-1) ?? '';
  const statuses = Object.keys(raw.responses).map(Number);
  return {
    operationId: raw.operationId,
    method: method === 'get' ? 'GET' : 'POST',
    path,
    contentType,
    successStatus: statuses.find((status) => status < 300) ?? 200,
    isOfThePage: raw.tags.includes('conferences'),
    requiredFields: content.components.schemas[schema]?.required ?? [],
    statuses,
  };
}

/** A JSON pointer into the document as a URI fragment (RFC 6901). */
function pointer(...steps: readonly string[]): string {
  const escaped = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return `#/${escaped.join('/')}`;
}
