import type { Page } from '@playwright/test';

/**
 * Runs `call` in the page and returns its result. Unlike Playwright's `evaluate`, it does not count as a user gesture. The
 * function is passed as text, so it must not use anything outside itself.
 */
export async function evaluateWithoutGesture<Argument, Result>(
  page: Page,
  call: (argument: Argument) => Result | Promise<Result>,
  argument: Argument,
): Promise<Result> {
  const devtools = await page.context().newCDPSession(page);
  try {
    const { result, exceptionDetails } = await devtools.send('Runtime.evaluate', {
      expression: `(${call.toString()})(${JSON.stringify(argument) ?? ''})`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as Result;
  } finally {
    await devtools.detach();
  }
}
