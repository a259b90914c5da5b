import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parse } from 'yaml';

/** One operation of the document, reduced to what routing and validation need. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  /** With `{name}` for parameters. */
  readonly path: string;
  /** Whether it works without an access token. */
  readonly isPublic: boolean;
  readonly successStatus: number;
  /** Whether its success response is a stream of server-sent events. */
  readonly isEventStream: boolean;
  /** Whether its success response is the content of a file. */
  readonly isFile: boolean;
  /** JSON pointer to the schema of the request body; undefined without a body. */
  readonly bodyPointer: string | undefined;
  readonly params: ParameterSchema;
  readonly query: ParameterSchema;
}

/** The schema of all path or all query parameters together. */
export interface ParameterSchema {
  readonly type: 'object';
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The API document as text, as data, and as a list of operations. */
export interface OpenapiDocument {
  readonly text: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly operations: readonly DocumentedOperation[];
}

interface RawOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly RawParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, unknown>> } | undefined>
  >;
}

interface RawParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: unknown;
}

let document: OpenapiDocument | undefined;

/** The contract package's document; the same object each time, because reading it is slow. */
export function readOpenapiDocument(): OpenapiDocument {
  return (document ??= read());
}

function read(): OpenapiDocument {
  const file = createRequire(import.meta.url).resolve('@parley-rtc/contract/openapi.yaml');
  const text = readFileSync(file, 'utf8');
  const content = parse(text) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
  };
  const operations = Object.entries(content.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => describeOperation(path, method, raw)),
  );
  return { text, content, operations };
}

function describeOperation(path: string, method: string, raw: RawOperation): DocumentedOperation {
  if (method !== 'get' && method !== 'post') {
    throw new Error(`openapi.yaml: ${raw.operationId} uses ${method}, which the server does not route.`);
  }
  const [contentType] = Object.keys(raw.requestBody?.content ?? {});
  const successStatus = Object.keys(raw.responses).find((status) => status.startsWith('2'));
  const successContent = raw.responses[successStatus ?? '']?.content ?? {};
  return {
    operationId: raw.operationId,
    method: method === 'get' ? 'GET' : 'POST',
    path,
    isPublic: raw.security?.length === 0,
    successStatus: Number(successStatus),
    isEventStream: 'text/event-stream' in successContent,
    isFile: 'application/octet-stream' in successContent,
    bodyPointer:
      contentType === undefined
        ? undefined
        : jsonPointer('paths', path, method, 'requestBody', 'content', contentType, 'schema'),
    params: parameterSchema(raw, 'path'),
    query: parameterSchema(raw, 'query'),
  };
}

function parameterSchema(raw: RawOperation, place: 'path' | 'query'): ParameterSchema {
  const parameters = (raw.parameters ?? []).filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
  };
}

/** A JSON pointer into the document, as a URI fragment (RFC 6901). */
export function jsonPointer(...steps: readonly string[]): string {
  const escaped = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return `#/${escaped.join('/')}`;
}

/** A path of the document in Fastify's syntax: `{id}` becomes `:id`. */
export function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
