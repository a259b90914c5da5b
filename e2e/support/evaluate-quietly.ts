import type { Page } from '@playwright/test';

/**
 * Runs `call` in the page and gives what it returns. Playwright's own `evaluate` counts as a click to the browser, this
 * does not. The function is handed over as text, so it must not use anything from outside itself.
 */
export async function evaluateQuietly<Argument, Result>(
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
