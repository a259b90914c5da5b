import { describe, expect, it, vi } from 'vitest';
import { createPreferences } from './preferences.ts';

function storageWith(content?: string) {
  const entries = new Map<string, string>(content === undefined ? [] : [['parley.preferences', content]]);
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
}

describe('preferences', () => {
  it('the own video is mirrored and sounds are off until the user changes that', () => {
    expect(createPreferences(storageWith()).getSnapshot()).toEqual({ isMirrored: true, hasSounds: false });
  });

  it('a change is announced, and there on the next visit', () => {
    const storage = storageWith();
    const preferences = createPreferences(storage);
    const listener = vi.fn<() => void>();
    preferences.subscribe(listener);
    preferences.change({ hasSounds: true });
    preferences.change({ isMirrored: false });
    expect(listener).toHaveBeenCalledTimes(2);
    expect(createPreferences(storage).getSnapshot()).toEqual({ isMirrored: false, hasSounds: true });
  });

  it.each(['nonsense', 'null', '[]', '{"isMirrored":"no","hasSounds":1}'])(
    'the defaults apply where the storage holds %s',
    (content) => {
      expect(createPreferences(storageWith(content)).getSnapshot()).toEqual({
        isMirrored: true,
        hasSounds: false,
      });
    },
  );

  it('a page without storage, or with a full one, keeps the choice until it closes', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    for (const storage of [undefined, full]) {
      const preferences = createPreferences(storage);
      preferences.change({ hasSounds: true });
      expect(preferences.getSnapshot()).toEqual({ isMirrored: true, hasSounds: true });
    }
  });
});
