import * as fc from 'fast-check';
import { readOpenapiDocument, type DocumentedOperation } from '../http/openapi-document.ts';

/** An attacker's request, with a complete path and a body of arbitrary bytes. */
export interface HostileRequest {
  readonly operation: DocumentedOperation;
  readonly path: string;
  readonly contentType: string;
  readonly body: string | undefined;
}

/** Existing ids, so that some requests get past the first checks. */
export interface KnownIds {
  readonly conferenceId: string;
  readonly userEndpointId: string;
  readonly streamId: string;
  readonly viewerId: string;
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const { operations, content } = readOpenapiDocument();

/** Ids that break out of a path, a query, a log line or an object used as a map, wherever the code is careless. */
const hostileTexts: readonly string[] = [
  '',
  ' ',
  '..',
  '../../../etc/passwd',
  '%2e%2e%2f',
  "'; DROP TABLE events; --",
  '" OR 1=1 --',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'active',
  '\u0000',
  'a\r\nX-Injected: yes',
  '{"level":60}\n',
  '\u202Egnp.exe',
  '\uD800',
  '\uFFFF\uFEFF',
  'é'.normalize('NFD'),
  '👩‍👩‍👧‍👦',
  '${jndi:ldap://127.0.0.1/}',
  '<script>alert(1)</script>',
  'x'.repeat(257),
  'A'.repeat(100_000),
];

/** Lines and sizes that may break an SDP parser. */
const hostileSdps: readonly string[] = [
  'v=0\r\n' + 'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n'.repeat(1_000),
  'v=0\r\n' + 'a=x\r\n'.repeat(40_000),
  `v=0\r\na=${'x'.repeat(200_000)}`,
  'v'.repeat(262_144),
  'w'.repeat(2 ** 20),
  'v=0\u0000',
  'm=',
];

const hostileText = fc.oneof(
  fc.constantFrom(...hostileTexts),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const aCandidate = { candidate: 'candidate:1 1 udp 1 127.0.0.1 9 typ host', sdpMid: '0', sdpMLineIndex: 0 };

/** Values that rarely fit a field, as JSON text, because not every one can be a JavaScript object. */
const hostileJson: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '[]',
    '{}',
    '0',
    '-1',
    '1e999',
    '2147483648',
    '0.5',
    '""',
    '{"__proto__":{"isAdmin":true}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"toString":1,"length":-1}',
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
    JSON.stringify(Array.from({ length: 3_000 }, () => aCandidate)),
    JSON.stringify(Array.from({ length: 101 }, () => aCandidate)),
    JSON.stringify([{ ...aCandidate, candidate: 'c'.repeat(5_000) }]),
    JSON.stringify([null, 1, 'x', {}]),
    JSON.stringify(Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`k${index}`, 'v']))),
  ),
  fc.constantFrom(...hostileSdps).map((sdp) => JSON.stringify(sdp)),
  hostileText.map((text) => JSON.stringify(text)),
  fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
);

/** Requests for any operation of the document, mangled in one or several ways. Some are valid by chance. */
export function hostileRequests(known: KnownIds): fc.Arbitrary<HostileRequest> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      path: pathOf(operation, known),
      contentType: fc.oneof(
        { weight: 12, arbitrary: fc.constant(contentTypeOf(operation)) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'text/plain',
            'application/x-www-form-urlencoded',
            'multipart/form-data; boundary=x',
            'application/json; charset=utf-16',
            'application/json-patch+json',
            '/',
            '',
          ),
        },
      ),
      body: operation.bodyPointer === undefined ? fc.constant(undefined) : bodyOf(operation, known),
    }),
  );
}

function contentTypeOf({ operationId }: DocumentedOperation): string {
  return operationId === 'requestToken' ? 'application/x-www-form-urlencoded' : 'application/json';
}

function pathOf(operation: DocumentedOperation, known: KnownIds): fc.Arbitrary<string> {
  // No empty id and no `active`, which are other paths.
  const id = fc.oneof(
    fc.constant(known.conferenceId),
    hostileText.filter(
      (text) => text !== '' && text !== 'active' && text.length < 1_500 && !/\p{Surrogate}/u.test(text),
    ),
  );
  const version = fc.constantFrom(
    '?v=0',
    '?v=-1',
    '?v=1e9999',
    '?v[]=1',
    '?v=0&v=1',
    '?__proto__[v]=1',
    '?v=%',
  );
  return fc.tuple(id, version).map(([text, query]) => {
    const path = operation.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text));
    return operation.operationId === 'getEvents' ? path + query : path;
  });
}

function bodyOf(operation: DocumentedOperation, known: KnownIds): fc.Arbitrary<string> {
  const { properties = {} } = resolve({ $ref: decodeURIComponent(operation.bodyPointer ?? '') });
  const right = Object.entries(properties).map(
    ([name, schema]) => [name, rightJson(name, schema, known)] as const,
  );
  const field = right.map(([name, value]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 12, arbitrary: value },
        { weight: 3, arbitrary: hostileJson },
        { weight: 1, arbitrary: fc.constant(undefined) },
      ),
    ),
  );
  const extra = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.tuple(hostileText, hostileJson), { maxLength: 3 }) },
  );
  const object = fc
    .tuple(fc.tuple(...field), extra)
    .map(([fields, more]) => writeObject([...fields, ...more]));
  const form = fc
    .tuple(...field)
    .map((fields) =>
      new URLSearchParams(
        fields.map(([name, json = '']): [string, string] => [name, json.replaceAll(/^"|"$/g, '')]),
      ).toString(),
    );
  return fc.oneof(
    { weight: 20, arbitrary: operation.operationId === 'requestToken' ? form : object },
    { weight: 1, arbitrary: hostileJson },
    { weight: 1, arbitrary: object.map((text) => text.slice(0, text.length / 2)) },
    { weight: 1, arbitrary: hostileText },
  );
}

function writeObject(fields: readonly (readonly [string, string | undefined])[]): string {
  const members = fields.flatMap(([name, json]) =>
    json === undefined ? [] : [`${JSON.stringify(name)}:${json}`],
  );
  return `{${members.join(',')}}`;
}

/** JSON that fits the schema, with existing ids. */
function rightJson(name: string, schema: Schema, known: KnownIds): fc.Arbitrary<string> {
  if (Object.hasOwn(known, name)) return fc.constant(JSON.stringify(known[name as keyof KnownIds]));
  if (name === 'sdpOffer') return fc.constant('"v=0"');
  if (name === 'event') return fc.constant('{"type":"AThingEvent","timestamp":"2026-01-05T10:00:00Z"}');
  const { enum: names, const: only, anyOf, type, items } = resolve(schema);
  if (names) return fc.constantFrom(...names).map((text) => JSON.stringify(text));
  if (only !== undefined) return fc.constant(JSON.stringify(only));
  if (anyOf) return fc.constantFrom('0', '30000', '29999');
  const first = typeof type === 'string' ? type : type?.[0];
  switch (first) {
    case 'string':
      return fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text));
    case 'integer':
      return fc.integer({ min: 1, max: 60 }).map(String);
    case 'boolean':
      return fc.boolean().map(String);
    case 'array':
      return fc.constant(items?.type === 'string' ? '["$.a"]' : JSON.stringify([aCandidate]));
    default:
      return fc.constantFrom('{}', '{"a":"b"}', '{"constructor":"x"}');
  }
}

function resolve(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const steps = schema.$ref
    .slice(2)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let found: unknown = content;
  for (const step of steps) found = (found as Readonly<Record<string, unknown>>)[step];
  return resolve(found as Schema);
}
