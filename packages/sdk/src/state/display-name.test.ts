import { expect, it } from 'vitest';
import { displayNameOf } from './display-name.ts';

const nothing = { name: undefined, isVerified: false, picture: undefined, role: undefined };

it.each([
  [
    'a verified name',
    { verified: { name: 'Dr Ada' }, metadata: { name: 'Eve' } },
    { name: 'Dr Ada', isVerified: true },
  ],
  ['the name that a page claims', { metadata: { name: 'Ada' } }, { name: 'Ada' }],
  ['the name that a guest claims', { name: 'Ada', verified: undefined }, { name: 'Ada' }],
  ['nothing for a claim that is no text', { metadata: { name: { verified: true } } }, {}],
  ['nothing for an empty claim', { metadata: { name: '' } }, {}],
  ['nothing without a claim', { metadata: {} }, {}],
])('shows %s', (_what, person, shown) => {
  expect(displayNameOf(person)).toEqual({ ...nothing, ...shown });
});

it('shows only a verified picture and role, and does not call a claimed name verified because of them', () => {
  const metadata = {
    name: 'Ada',
    picture: 'https://evil.example/face.png',
    role: 'doctor',
    isVerified: true,
  };
  expect(displayNameOf({ metadata })).toEqual({ ...nothing, name: 'Ada' });
  const verified = { picture: 'https://example.com/ada.png', role: 'nurse' };
  expect(displayNameOf({ metadata, verified })).toEqual({ name: 'Ada', isVerified: false, ...verified });
});
