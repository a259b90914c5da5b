// `vi.waitFor` gives up after a second by default, and a busy machine stands still for longer. Vitest has no setting for it.
import { vi } from 'vitest';

const { waitFor } = vi;

vi.waitFor = (callback, options = {}) => waitFor(callback, { timeout: 10_000, ...withUnit(options) });

function withUnit(options: number | { readonly timeout?: number }): { readonly timeout?: number } {
  return typeof options === 'number' ? { timeout: options } : options;
}
