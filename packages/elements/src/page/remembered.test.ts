import { afterEach, describe, expect, it, vi } from 'vitest';
import { remember, remembered } from './remembered.ts';

const nothing = { name: '', isCameraOn: true, isMicrophoneOn: true };

function storageWith(content: string | undefined): Map<string, string> {
  const entries = new Map(content === undefined ? [] : [['parley.lobby', content]]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => entries.set(key, value),
  });
  return entries;
}
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what the lobby remembers', () => {
  it('is kept, each part apart', () => {
    storageWith(undefined);
    expect(remembered()).toEqual(nothing);
    remember({ name: 'Ada' });
    remember({ isCameraOn: false });
    expect(remembered()).toEqual({ name: 'Ada', isCameraOn: false, isMicrophoneOn: true });
  });

  it('does not trust what others wrote', () => {
    for (const content of ['', 'nonsense', 'null', '[]', '7', '{"name":7,"isCameraOn":"no"}']) {
      storageWith(content);
      expect(remembered()).toEqual(nothing);
    }
  });

  it('is nothing, without an error, in a page that may not store anything', () => {
    vi.stubGlobal('localStorage', undefined);
    remember({ name: 'Ada' });
    expect(remembered()).toEqual(nothing);
  });
});
