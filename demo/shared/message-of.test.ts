import { readFileSync } from 'node:fs';
import { DeviceDeniedError } from '@parley-rtc/sdk';
import { describe, expect, it } from 'vitest';
import { messageOf } from './message-of.ts';
import { UserError } from './user-error.ts';

/** Every code that the documentation lists. */
const codes = new Set(
  readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8').match(/\bERR_[A-Z_]+/g),
);

describe('messageOf', () => {
  it('has a text of its own for each code of the SDK, without a word for developers', () => {
    expect(codes.size).toBeGreaterThan(35);
    const texts = Array.from(codes, (code) => messageOf(Object.assign(new Error('Call fix().'), { code })));
    for (const text of texts) {
      expect(text).toMatch(/^[A-Z].*\.$/);
      expect(text).not.toMatch(/[`(){}]|ERR_|fix|endpoint|token|option/i);
    }
  });

  it('names the device', () => {
    expect(messageOf(new DeviceDeniedError('camera'))).toMatch(/^Access to the camera was denied\. Allow it/);
  });

  it('keeps a text that was written for the user', () => {
    expect(messageOf(new UserError('The room is closed.'))).toBe('The room is closed.');
  });

  it.each([new TypeError('x is undefined'), undefined, null, 'no', { code: 'toString' }])(
    'hides what it does not know: %s',
    (error) => {
      expect(messageOf(error)).toBe('Something went wrong. Reload the page, then try again.');
    },
  );
});
