import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of two nodes may differ. */
const longestHopMs = 60_000;

/** Signatures by which nodes recognize each other's requests. */
export class NodeSignatures {
  readonly #secret: string;

  /** `secret` is known to the nodes of one engine, and to nobody else. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  /** Signs what a request is about, and when it is sent. */
  sign(...about: readonly string[]): string {
    const sentAtMs = String(Date.now());
    return `${sentAtMs}.${this.#digest(sentAtMs, about)}`;
  }

  /** Whether a node has signed this, not long ago. */
  isSigned(signature: string, ...about: readonly string[]): boolean {
    const [sentAtMs = '', digest = ''] = signature.split('.');
    if (!(Math.abs(Date.now() - Number(sentAtMs)) < longestHopMs)) return false;
    const [given, expected] = [Buffer.from(digest), Buffer.from(this.#digest(sentAtMs, about))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #digest(sentAtMs: string, about: readonly string[]): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([sentAtMs, ...about]))
      .digest('base64url');
  }
}
