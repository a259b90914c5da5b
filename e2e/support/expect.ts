import { expect as usual } from '@playwright/test';

/**
 * Playwright's `expect`, whose `poll` looks ten times a second until the end: by itself it soon looks once a second only, and
 * so each wait for a picture or a word would be half a second too long.
 */
export const expect: typeof usual = usual.configure({});

expect.poll = (actual, options) =>
  usual.poll(actual, {
    intervals: [100],
    ...(typeof options === 'string' ? { message: options } : options),
  });
