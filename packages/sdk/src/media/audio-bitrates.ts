/** Upper bounds for Opus that fit what is to be heard, in bits per second: for `audioBitrateBps`. */
export const audioBitrates: Readonly<
  Record<'telephone' | 'speech' | 'music' | 'stereoMusic' | 'highQuality', number>
> = {
  telephone: 12_000,
  speech: 24_000,
  music: 48_000,
  stereoMusic: 64_000,
  highQuality: 96_000,
};
