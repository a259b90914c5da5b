import { describe, expect, it } from 'vitest';
import { linksIn } from './links-in.ts';

const linksOf = (text: string) =>
  linksIn(text)
    .filter(({ href }) => href !== undefined)
    .map(({ text: shown }) => shown);

describe('links in a text', () => {
  it('a text without an address stays one plain part', () => {
    expect(linksIn('Hello, 世界!')).toEqual([{ text: 'Hello, 世界!', href: undefined }]);
    expect(linksIn('')).toEqual([]);
  });

  it('an address becomes a link and the text around it stays', () => {
    expect(linksIn('See https://example.org/a?b=c#d and HTTP://EXAMPLE.ORG')).toEqual([
      { text: 'See ', href: undefined },
      { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
      { text: ' and ', href: undefined },
      { text: 'HTTP://EXAMPLE.ORG', href: 'http://example.org/' },
    ]);
  });

  it.each([
    ['Read https://example.org/page.', 'https://example.org/page'],
    ['(https://example.org/page)', 'https://example.org/page'],
    ['https://example.org/wiki/A_(B)', 'https://example.org/wiki/A_(B)'],
    ['(see https://example.org/wiki/A_(B)).', 'https://example.org/wiki/A_(B)'],
    ['“https://example.org/”!', 'https://example.org/'],
    ['https://example.org/…', 'https://example.org/'],
    ['Was that https://example.org/?!', 'https://example.org/'],
  ])('punctuation around an address is not part of the link: %s', (text, link) => {
    expect(linksOf(text)).toEqual([link]);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,<script>',
    'ftp://example.org',
    'example.org',
    'https://',
    'xhttps://example.org',
    'https://bank.example@evil.example',
    'https://bank.example:secret@evil.example',
  ])('%s does not become a link', (text) => {
    expect(linksIn(text)).toEqual([{ text, href: undefined }]);
  });

  it('nothing of a text is lost, whatever it contains', () => {
    const text = 'a https://x.org, <b>https://y.org/(</b> https://u@z.org/ é👋🏽 https://w.org';
    expect(
      linksIn(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text);
  });
});
