import type { StandardSchemaV1 } from '@standard-schema/spec';

/** What a schema says of a value. */
export type Verdict = StandardSchemaV1.Result<unknown>;

/**
 * Checks at once, because state is read at once; a schema that answers by a promise has accepted nothing. Never throws,
 * whatever a peer has sent.
 */
export function check(schema: StandardSchemaV1, value: unknown): Verdict {
  let verdict;
  try {
    verdict = schema['~standard'].validate(value);
  } catch (error) {
    // A rule of the app's own has stumbled over what it was given.
    return { issues: [{ message: error instanceof Error ? error.message : String(error) }] };
  }
  if (!(verdict instanceof Promise)) return verdict;
  verdict.catch(() => {});
  // Zod makes a promise also of what a rule throws.
  const message = 'The schema does not answer at once: it is asynchronous, or one of its rules has thrown';
  return { issues: [{ message }] };
}

/** Checks an entry of the conference's metadata: as the text that it is, or else as what the text says in JSON. */
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
