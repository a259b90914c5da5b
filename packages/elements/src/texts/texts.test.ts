/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { de } from './de.ts';
import { el } from './el.ts';
import { en, type TextKey } from './en.ts';
import { errorText } from './error-text.ts';

/** Texts that are the same in English, because the words are, or because there are none. */
const sameAsEnglish: Readonly<Record<string, readonly TextKey[]>> = {
  German: ['controls.chat', 'controls.shortcut', 'chat.title', 'notice.message'],
  Greek: ['controls.shortcut', 'notice.message'],
};
const keys = Object.keys(en) as TextKey[];
const placeholdersIn = (text: string) => Array.from(text.matchAll(/\{\w+\}/g), ([found]) => found).toSorted();

describe.each([
  ['German', de],
  ['Greek', el],
])('the texts in %s', (language, texts) => {
  it('have the keys of the English ones, in their order', () => {
    expect(Object.keys(texts)).toEqual(keys);
  });

  it('have the same placeholders, each once', () => {
    for (const key of keys) expect([key, placeholdersIn(texts[key])]).toEqual([key, placeholdersIn(en[key])]);
  });

  it('are translated', () => {
    const untranslated = keys.filter((key) => texts[key] === en[key]);
    expect(untranslated.toSorted()).toEqual(sameAsEnglish[language]?.toSorted());
  });
});

describe.each([
  ['English', en],
  ['German', de],
  ['Greek', el],
])('each text in %s', (_language, texts) => {
  it('says something, without stray spaces', () => {
    for (const [key, text] of Object.entries(texts)) expect([key, text]).toEqual([key, text.trim()]);
    expect(Object.values(texts)).not.toContain('');
    expect(Object.values(texts).filter((text) => / {2}/.test(text))).toEqual([]);
  });

  it('has typographic quotes, apostrophes and ellipses', () => {
    expect(Object.values(texts).filter((text) => /["']|\.\.\./.test(text))).toEqual([]);
  });

  it('ends with a full stop if it is an error', () => {
    const errors = Object.entries(texts).filter(([key]) => /^error\.(?:ERR_|other)/.test(key));
    expect(errors.filter(([, text]) => !text.endsWith('.'))).toEqual([]);
  });
});

/** Every code that the SDK, the client or a processor can fail with, as their documentation lists them. */
const codes = ['errors.md', 'processors.md'].flatMap((page) => {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  return Array.from(text.matchAll(/^(?:\||###) `(ERR_\w+)`/gm), ([, code = '']) => code);
});

describe.each([
  ['English', en],
  ['German', de],
  ['Greek', el],
])('what users read about an error in %s', (_language, texts) => {
  it.each(Array.from(new Set(codes)))('%s has words of its own', (code) => {
    const text = texts[`error.${code}` as TextKey];
    expect(text).toBeTypeOf('string');
    expect(errorText(texts, { code, kind: 'camera' })).not.toMatch(/\{|\}|ERR_|undefined/);
  });

  it('is one sentence for everything that has no words', () => {
    expect(errorText(texts, { code: 'ERR_OF_TOMORROW' })).toBe(texts['error.other']);
    expect(errorText(texts, { code: '__proto__' })).toBe(texts['error.other']);
  });

  it('says nothing in the words of developers', () => {
    const jargon = /\b(?:tokens?|tickets?|endpoints?|API|HTTP|SDP|ICE|JWT|metadata|null|4\d\d|5\d\d)\b/;
    const errors = Object.entries(texts).filter(([key]) => key.startsWith('error.'));
    expect(errors.filter(([, text]) => jargon.test(text))).toEqual([]);
  });
});

it('the documentation lists every code', () => {
  expect(new Set(codes).size).toBeGreaterThan(50);
});
