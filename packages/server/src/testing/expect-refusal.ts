import { expect } from 'vitest';
import { RefusalError, type RefusalCode } from '../refusal.ts';

/** Expects that a rule refuses with this code and explains itself. */
export function expectRefusal(code: RefusalCode, act: () => unknown): void {
  let refusal: unknown;
  try {
    act();
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(RefusalError);
  expect(refusal).toMatchObject({ code, message: expect.stringMatching(/\w+ \w+.*\.$/) });
}
