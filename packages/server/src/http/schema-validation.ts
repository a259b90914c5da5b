import formats from 'ajv-formats';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { RefusalError } from '../refusal.ts';
import type { OpenapiDocument, ParameterSchema } from './openapi-document.ts';

/** Returns the input if it fits its schema; otherwise refuses with `invalid_request`. */
export type Validate = (input: unknown) => unknown;

const validations = new WeakMap<OpenapiDocument['content'], SchemaValidation>();

/** The validation for this document; the same object each time. */
export function validationBy({ content }: OpenapiDocument): SchemaValidation {
  const validation = validations.get(content) ?? new SchemaValidation(content);
  validations.set(content, validation);
  return validation;
}

/** Compiles each schema of the document on first use: compiling all of them would slow down every start. */
export class SchemaValidation {
  readonly #bodies: Ajv2020;
  readonly #parameters: Ajv2020;
  readonly #bodyChecks = new Map<string, ValidateFunction>();

  constructor(content: OpenapiDocument['content']) {
    this.#bodies = createAjv({ coerceTypes: false });
    this.#bodies.addSchema(content, documentId);
    // Values in paths and queries are strings, even where the document says number.
    this.#parameters = createAjv({ coerceTypes: true });
  }

  /** Validates a body by the schema at a JSON pointer in the document. */
  body(pointer: string): Validate {
    return (input) => {
      if (input === undefined || input === null) throw refusal('The body is missing. Send a JSON object.');
      const check = this.#bodyCheck(pointer);
      if (!check(input)) throw refusal(describeErrors(check.errors ?? []));
      return input;
    };
  }

  /** Validates path or query parameters, and converts strings to the types of the schema. */
  parameters(schema: ParameterSchema): Validate {
    return (input) => {
      const values = { ...(input as Record<string, unknown>) };
      // Ajv caches the compilation of a schema object.
      const check = this.#parameters.compile(schema);
      if (!check(values)) throw refusal(describeErrors(check.errors ?? []));
      return values;
    };
  }

  #bodyCheck(pointer: string): ValidateFunction {
    const check = this.#bodyChecks.get(pointer) ?? this.#bodies.compile({ $ref: `${documentId}${pointer}` });
    this.#bodyChecks.set(pointer, check);
    return check;
  }
}

const documentId = 'openapi.yaml';

function createAjv({ coerceTypes }: { coerceTypes: boolean }): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes });
  formats.default(ajv);
  return ajv;
}

function refusal(message: string): RefusalError {
  return new RefusalError('invalid_request', message);
}

/** Names the first wrong field and its expected value. */
function describeErrors(errors: readonly ErrorObject[]): string {
  const first = errors[0];
  if (!first) return 'The request does not match the API document.';
  if (first.keyword === 'required') {
    const missing = String(first.params['missingProperty']);
    return `${fieldName(`${first.instancePath}/${missing}`)} is missing. Add it and send the request again.`;
  }
  // Each branch of an anyOf reports its own part: "0 or at least 30000".
  const same = errors.filter(
    ({ instancePath, keyword }) => instancePath === first.instancePath && keyword !== 'anyOf',
  );
  const expectations = [...new Set(same.map(describeExpectation))].join(' or ');
  return `${fieldName(first.instancePath)} ${expectations}. Correct it and send the request again.`;
}

function describeExpectation({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${(params['allowedValues'] as readonly unknown[]).join(', ')}`;
    case 'const':
      return `must be ${String(params['allowedValue'])}`;
    default:
      return message ?? 'is not valid';
  }
}

/** `/iceCandidates/0/candidate` as `iceCandidates[0].candidate`. */
function fieldName(instancePath: string): string {
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const name = steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('');
  return name.replace(/^\./, '') || 'The body';
}
