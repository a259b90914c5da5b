import { expect } from 'vitest';

/** The answer that an error must be (decision 15): this status, and texts that say why. */
export function anError(status: number, error?: string): object {
  return {
    status,
    body: { error: error ?? expect.any(String), error_description: expect.stringMatching(/\w/) },
  };
}
