import type { webcrypto } from 'node:crypto';

type GenerateKey = (
  algorithm: { readonly name: string },
  ...rest: unknown[]
) => Promise<webcrypto.CryptoKeyPair>;

/** So many that the servers of one test have different keys. */
const keyCount = 8;

const { subtle } = crypto;
const generateKey = subtle.generateKey.bind(subtle) as unknown as GenerateKey;
const pairs: Promise<webcrypto.CryptoKeyPair>[] = [];
let asked = 0;

const reuse: GenerateKey = (algorithm, ...rest) => {
  if (!algorithm.name.startsWith('RSA')) return generateKey(algorithm, ...rest);
  const turn = asked % keyCount;
  asked += 1;
  return (pairs[turn] ??= generateKey(algorithm, ...rest));
};

/**
 * Lets the servers of this process take turns with a few RSA keys from now on. Each server needs one, and finding its primes takes
 * longer than most tests.
 */
export function reuseSigningKeys(): void {
  Object.assign(subtle, { generateKey: reuse });
}
