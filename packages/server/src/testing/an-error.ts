import { expect } from 'vitest';

/** The expected error response (decision 15): this status, and texts that explain it. */
export function anError(status: number, error?: string): object {
  return {
    status,
    body: { error: error ?? expect.any(String), error_description: expect.stringMatching(/\w/) },
  };
}
