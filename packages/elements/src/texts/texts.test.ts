import { describe, expect, it } from 'vitest';
import { de } from './de.ts';
import { el } from './el.ts';
import { en, type TextKey } from './en.ts';

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
