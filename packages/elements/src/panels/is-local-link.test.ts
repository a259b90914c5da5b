import { describe, expect, it } from 'vitest';
import { isLocalLink } from './is-local-link.ts';

describe('local links', () => {
  it.each([
    'http://localhost:5173/?room=a',
    'https://app.localhost/',
    'http://127.0.0.1/',
    'http://127.1.2.3:80/',
    'http://[::1]:8080/',
  ])('%s leads to the device itself', (link) => {
    expect(isLocalLink(link)).toBe(true);
  });

  it.each([
    'https://example.org/localhost',
    'https://localhost.example.org/',
    'http://192.168.0.7:5173/',
    'https://127.example.org/',
    'http://[fe80::1]/',
    'no link',
  ])('%s leads elsewhere', (link) => {
    expect(isLocalLink(link)).toBe(false);
  });
});
