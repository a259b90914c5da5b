import type { Page } from '@playwright/test';

/**
 * Changes the fields of all later commands of the page to `operation`, the end of their path. Works in the page, because
 * Playwright cannot read the body of a request in Firefox. Returns a function that ends it.
 */
export async function changeCommands(
  page: Page,
  operation: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<() => Promise<void>> {
  await page.evaluate(
    ([operation, fields]) => {
      const send = window.fetch;
      Object.assign(window, { unchangedFetch: send });
      window.fetch = async (input, init) => {
        const request = new Request(input, init);
        if (request.method !== 'POST' || !new URL(request.url).pathname.endsWith(operation)) {
          return await send(request);
        }
        const command = (await request.json()) as object;
        const { url, method, headers, signal } = request;
        return await send(url, { method, headers, signal, body: JSON.stringify({ ...command, ...fields }) });
      };
    },
    [operation, fields] as const,
  );
  return () =>
    page.evaluate(() => {
      const { unchangedFetch } = window as unknown as { unchangedFetch: typeof fetch };
      window.fetch = unchangedFetch;
    });
}
