import { describe, expect, it } from 'vitest';
import { qrPath } from './qr-path.ts';

describe('QR codes', () => {
  it('a longer link needs a larger code, and other links have other paths', () => {
    const short = qrPath('https://example.org/?room=a');
    const other = qrPath('https://example.org/?room=b');
    const long = qrPath(`https://example.org/?room=${'a'.repeat(300)}`);
    expect(short.size).toBe(other.size);
    expect(long.size).toBeGreaterThan(short.size);
    expect(other.path).not.toBe(short.path);
    expect(short.path).toMatch(/^M[\dMLHVZhvlmz ,.-]+$/);
  });

  it('a text that no code can hold is refused', () => {
    expect(() => qrPath('a'.repeat(10_000))).toThrow('lean-qr error');
  });
});
