import { describe, expect, it } from 'vitest';
import { parseFormatParameters } from './format-parameters.ts';
import { isDecodableH264, negotiateH264 } from './h264-profile.ts';

function isDecodable(published: string, offered: string): boolean {
  return isDecodableH264(parseFormatParameters(published), parseFormatParameters(offered));
}

const free = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=';

describe('an H.264 stream', () => {
  it.each([
    ['the same parameters', `${free}42e01f`, `${free}42e01f`],
    [
      'parameters in another order and case',
      `${free}42e01f`,
      'Profile-Level-ID=42E01F; packetization-mode=1',
    ],
    ['another level, where both allow that', `${free}42e034`, `${free}42e00a`],
    ['a higher level', 'profile-level-id=42e01f', 'profile-level-id=42e028'],
    ['Constrained Baseline written as Main', `${free}42e01f`, `${free}4d801f`],
    ['Constrained Baseline for Baseline, as Chromium offers it first', `${free}42001f`, `${free}42e01f`],
    ['a profile that includes it', `${free}42e01f`, `${free}640c1f`],
    ['High for Main', `${free}4d001f`, `${free}64001f`],
    [
      'no parameters, which mean Constrained Baseline 3.1',
      'packetization-mode=0;profile-level-id=42e01f',
      '',
    ],
    ['a packetization mode that includes its own', 'profile-level-id=42e01f', `${free}42e01f`],
  ])('can be decoded with %s', (_what, published, offered) => {
    expect(isDecodable(published, offered)).toBe(true);
  });

  it.each([
    ['a smaller profile', `${free}64001f`, `${free}42e01f`],
    ['Constrained High for Main, which can be interlaced', `${free}4d001f`, `${free}640c1f`],
    [
      'a lower level, if one side does not allow that',
      `${free}42e01f`,
      'packetization-mode=1;profile-level-id=42e01e',
    ],
    ['level 1b for level 1.1', 'profile-level-id=42e00b', 'profile-level-id=42f00b'],
    ['single units only, when it is fragmented', `${free}42e01f`, 'profile-level-id=42e01f'],
    ['an unknown profile', `${free}99001f`, `${free}99001f`],
    ['a profile that is not a number', `${free}nonsense`, `${free}nonsense`],
    ['interleaved units', 'packetization-mode=2', 'packetization-mode=2'],
  ])('cannot be decoded with %s', (_what, published, offered) => {
    expect(isDecodable(published, offered)).toBe(false);
  });
});

describe('the parameters agreed on with a publisher', () => {
  it.each([
    [
      '640028',
      'packetization-mode=1;profile-level-id=640028',
      'packetization-mode=1;profile-level-id=64001f',
    ],
    ['640028 with other spelling', 'Profile-Level-ID = 640028', 'Profile-Level-ID = 64001f'],
    ['a level that may differ', `${free}640034`, `${free}640034`],
    ['level 3.1', 'profile-level-id=42e01f', 'profile-level-id=42e01f'],
    ['a lower level', 'profile-level-id=42e00a', 'profile-level-id=42e00a'],
    ['no level', 'packetization-mode=1', 'packetization-mode=1'],
    ['an unknown profile', 'profile-level-id=580034', 'profile-level-id=580034'],
  ])('keep %s within the level that all viewers decode, if it would bind them', (_name, offered, agreed) => {
    expect(negotiateH264(offered)).toBe(agreed);
  });

  it('let a browser view a publisher above level 3.1', () => {
    const published = negotiateH264('packetization-mode=1;profile-level-id=640028');
    expect(isDecodable(published, `${free}64001f`)).toBe(true);
  });
});
