import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './folders.ts';

/** The parts of an OpenAPI document that the pages show. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Answer {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Content;
}
interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}
interface Document {
  readonly info: { readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Answer>>;
    readonly parameters?: Readonly<Record<string, Parameter>>;
  };
}

/** The pages about the HTTP API, made from `openapi.yaml`, by their file names. */
export function httpReference(): Readonly<Record<string, string>> {
  const api = parse(readFileSync(join(root, 'packages/contract/openapi.yaml'), 'utf8')) as Document;
  return { 'http-api.md': operationsPage(api), 'http-schemas.md': schemasPage(api) };
}

function operationsPage(api: Document): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const sections = api.tags
    .filter(({ name }) => name !== 'events')
    .flatMap(({ name, description }) => [
      `## ${title(name)}`,
      prose(description),
      ...operations
        .filter(({ operation }) => operation.tags[0] === name)
        .flatMap(({ method, path, operation }) => operationSection(api, method, path, operation)),
    ]);
  const events = Object.entries(api.webhooks).flatMap(([name, { post }]) => [
    `### ${name}`,
    prose(post?.description ?? post?.summary ?? ''),
    post?.requestBody ? `Fields: ${typeOfContent(post.requestBody.content)}.` : '',
  ]);
  return page([
    '# HTTP API',
    prose(api.info.description),
    'The whole document: [`openapi.yaml`](../../packages/contract/openapi.yaml). A running server shows it at `/docs`.',
    ...sections,
    '## Events',
    prose(api.tags.find(({ name }) => name === 'events')?.description ?? ''),
    ...events,
  ]);
}

function operationSection(api: Document, method: string, path: string, operation: Operation): string[] {
  const { operationId, summary = '', description = '', parameters = [], requestBody, responses } = operation;
  const rows = parameters
    .map((parameter) => resolve(parameter, api.components.parameters))
    .map((parameter) => [
      `\`${parameter.name}\``,
      `${parameter.in}${parameter.required ? '' : ', optional'}`,
      typeOf(parameter.schema ?? {}),
      prose(parameter.description ?? ''),
    ]);
  const answers = Object.entries(responses).map(([status, answer]) => {
    const { description: meaning = '', content } = resolve(answer, api.components.responses);
    return [status, content ? typeOfContent(content) : '–', prose(meaning)];
  });
  return [
    `### ${operationId}`,
    `${summary}: \`${method} ${path}\`${operation.security?.length === 0 ? ', without a token' : ''}`,
    prose(description),
    rows.length > 0 ? table(['parameter', 'in', 'type', 'meaning'], rows) : '',
    requestBody ? `Body: ${typeOfContent(requestBody.content)}.` : '',
    table(['status', 'body', 'meaning'], answers),
  ];
}

function schemasPage({ components }: Document): string {
  const sections = Object.entries(components.schemas).flatMap(([name, schema]) => {
    const { required = [], properties = {} } = schema;
    const rows = Object.entries(properties).map(([field, value]) => [
      `\`${field}\`${required.includes(field) ? '' : '?'}`,
      typeOf(value),
      prose(value.description ?? ''),
    ]);
    return [
      `## ${name}`,
      prose(schema.description ?? ''),
      rows.length > 0
        ? table(['field', 'type', 'meaning'], rows)
        : `Type: ${typeOf({ ...schema, description: '' })}.`,
    ];
  });
  return page(['# Schemas of the HTTP API', 'A `?` marks a field that may be absent.', ...sections]);
}

function resolve<Value extends { readonly $ref?: string }>(
  value: Value,
  components: Readonly<Record<string, Value>> = {},
): Value {
  return value.$ref === undefined ? value : (components[nameIn(value.$ref)] ?? value);
}

const nameIn = (reference: string): string => reference.split('/').at(-1) ?? '';

/** A type as a reader says it, with links to schemas that have a name. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = nameIn(schema.$ref);
    return `[${name}](http-schemas.md#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const parts = schema.allOf ?? schema.anyOf ?? schema.oneOf;
  if (parts) return parts.map((part) => typeOf(part)).join(schema.allOf ? ' and ' : ' or ');
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (typeof schema.additionalProperties === 'object') return `map to ${typeOf(schema.additionalProperties)}`;
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : String(schema.type ?? 'any');
  return [schema.format ? `${type} (${schema.format})` : type, boundsOf(schema)].filter(Boolean).join(', ');
}

function boundsOf({ minLength, maxLength, minimum, maximum, maxItems }: Schema): string {
  const low = minLength ?? minimum;
  const high = maxLength ?? maximum ?? maxItems;
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  if (high !== undefined) return `at most ${high}`;
  return low === undefined ? '' : `at least ${low}`;
}

const typeOfContent = (content: Content): string =>
  Object.entries(content)
    .map(
      ([type, { schema = {} }]) => `${typeOf(schema)}${type === 'application/json' ? '' : ` as \`${type}\``}`,
    )
    .join(', or ');

const title = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Text without what a page would take for markup. */
const prose = (text: string): string => text.trim().replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');

const tableRow = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')).join(' | ')} |`;

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => tableRow(cells)).join('\n');

const page = (blocks: readonly string[]): string =>
  `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
