import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The result of checking a value against a schema. */
export type Verdict = StandardSchemaV1.Result<unknown>;

/**
 * Checks a value synchronously, because state is read synchronously: a schema that returns a promise refuses every value.
 * Never throws, whatever another client has sent.
 */
export function check(schema: StandardSchemaV1, value: unknown): Verdict {
  let verdict;
  try {
    verdict = schema['~standard'].validate(value);
  } catch (error) {
    // A rule of the app threw for an unexpected value.
    return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
  if (!(verdict instanceof Promise)) return verdict;
  verdict.catch(() => {});
  // Zod also returns a promise when a rule throws.
  const message = 'The schema does not answer at once: it is asynchronous, or one of its rules has thrown';
  return { issues: [{ message }] };
}

/** Checks an entry of the conference's metadata: first as text; if that is not valid, as the JSON in the text. */
export function checkText(schema: StandardSchemaV1, text: string): Verdict {
  const asText = check(schema, text);
  if (!asText.issues) return asText;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return asText;
  }
  return check(schema, value);
}
