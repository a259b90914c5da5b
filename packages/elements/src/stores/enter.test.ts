import { expect, it } from 'vitest';
import { placeOf } from './enter.ts';

it('a `ticket` function that fails is a failed login, which may work later', async () => {
  const cause = new TypeError('Failed to fetch');
  const options = { server: 'https://rtc.example.com', ticket: () => Promise.reject(cause) };
  await expect(placeOf(options, new AbortController().signal)).rejects.toMatchObject({
    code: 'ERR_TOKEN',
    retryable: true,
    cause,
  });
});

it.each([[undefined], [''], [{ ticket: 'one' }]])(
  'a `ticket` function that returns %j is a failed login, and not an expired invitation',
  async (answer) => {
    const options = { server: 'https://rtc.example.com', ticket: () => answer as string };
    await expect(placeOf(options, new AbortController().signal)).rejects.toMatchObject({
      code: 'ERR_TOKEN',
      message: expect.stringContaining('returned no ticket'),
    });
  },
);
