import type { Channel, Sharing } from '../event-log/sharing.ts';
import type { Endpoint } from './endpoint.ts';

/** A sign of life of an endpoint, as nodes tell it each other. */
export interface SignOfLife {
  /** The endpoint's key. */
  readonly key: string;
  readonly loginId?: string;
  /** Absent for a token that does not expire. */
  readonly tokenExpiresAtMs?: number;
}

/** What {@link SharedSigns} needs to know other nodes. */
export type EndpointSharing = Pick<Sharing, 'canJudgeSilence' | 'channel' | 'onContact'>;

interface Told {
  readonly atMs: number;
  readonly tokenExpiresAtMs: number;
  readonly loginId: string | undefined;
}

/** How often in the time in which an endpoint must send a sign of life, a node tells others of them. */
const tellsPerDeadline = 3;

/** Tells other nodes which endpoints are alive, so that an endpoint may send each request to another node. */
export class SharedSigns {
  readonly #channel: Channel<SignOfLife>;
  readonly #told = new WeakMap<Endpoint, Told>();

  constructor(sharing: EndpointSharing, onSign: (sign: SignOfLife) => void) {
    this.#channel = sharing.channel('signs of life');
    this.#channel.onMessage((sign, _place, isOwn) => {
      if (!isOwn) onSign(sign);
    });
  }

  /** Tells others, unless they heard it a moment ago. */
  tell(endpoint: Endpoint): void {
    const { key, lastSeenMs, keepAliveMs, authorization } = endpoint;
    const { tokenExpiresAtMs, loginId } = authorization;
    const told = this.#told.get(endpoint);
    const isKnown = told?.tokenExpiresAtMs === tokenExpiresAtMs && told.loginId === loginId;
    if (isKnown && lastSeenMs - told.atMs < keepAliveMs / tellsPerDeadline) return;
    this.#told.set(endpoint, { atMs: lastSeenMs, tokenExpiresAtMs, loginId });
    this.#channel.publish({
      key,
      ...(loginId !== undefined && { loginId }),
      ...(Number.isFinite(tokenExpiresAtMs) && { tokenExpiresAtMs }),
    });
  }
}

/** Until when an endpoint counts as seen that another node saw now: that node tells not every sign. */
export function seenElsewhereMs({ keepAliveMs }: Endpoint, nowMs: number): number {
  return nowMs + keepAliveMs / tellsPerDeadline;
}
