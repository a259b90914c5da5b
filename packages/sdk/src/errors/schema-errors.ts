import { ParleyError } from '@parley-rtc/client';
import type { StandardSchemaV1 } from '@standard-schema/spec';

/** The app's metadata does not match the app's schema. Nothing was sent. */
export class InvalidMetadataError extends ParleyError {
  override readonly name = 'InvalidMetadataError';
  override readonly code = 'ERR_INVALID_METADATA';
  /** The issues that the schema reports. */
  readonly issues: readonly StandardSchemaV1.Issue[];
  constructor(what: string, issues: readonly StandardSchemaV1.Issue[], options?: ErrorOptions) {
    const messages = issues.map(({ message }) => message).join('; ');
    super(`The ${what} is not valid: ${messages}.`, 'Fix it or its schema; nothing was sent.', options);
    this.issues = issues;
  }
}
