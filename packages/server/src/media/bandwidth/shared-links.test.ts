import { expect, it } from 'vitest';
import { SharedLinks } from './shared-links.ts';

it('gives the views of one viewer the same link, and forgets it with the last of them', () => {
  const links = new SharedLinks();
  const [one, two] = [links.hold('viewer'), links.hold('viewer')];
  const other = links.hold('other');
  expect(two.link).toBe(one.link);
  expect(other.link).not.toBe(one.link);
  one.release();
  one.release();
  expect(links.hold('viewer').link).toBe(two.link);
  expect(links.size).toBe(2);
});

it('gives each view without a key a link of its own, which nothing keeps', () => {
  const links = new SharedLinks();
  expect(links.hold(undefined).link).not.toBe(links.hold(undefined).link);
  expect(links.size).toBe(0);
});
