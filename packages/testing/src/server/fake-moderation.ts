import {
  ordinaryPermissions,
  type PermissionChanges,
  type Permissions,
  type VerifiedProfile,
} from '@parley-rtc/contract';

/** Someone in the waiting room of the fake server. */
export interface FakeGuest {
  readonly userEndpointId: string;
  readonly userId: string;
  readonly name?: string;
  readonly waitingSince: string;
}

/** What was decided about an endpoint. */
export interface FakeDecision {
  readonly decision: 'ADMITTED' | 'DENIED' | 'EXPIRED';
  readonly message?: string;
}

/** How long a guest may wait until it expires. */
const longestWaitMs = 600_000;
/** How long a guest may pause between two requests. */
const longestSilenceMs = 30_000;

/** What the fake server remembers about rights, removals and its waiting room. */
export class FakeModeration {
  readonly removedEndpoints: Set<string> = new Set();
  readonly bannedUsers: Set<string> = new Set();
  /** Who has been inside, and so may come back. */
  readonly formerUsers: Set<string> = new Set();
  readonly verified: Map<string, VerifiedProfile> = new Map();
  readonly #permissions = new Map<string, Permissions>();
  readonly #guests = new Map<
    string,
    FakeGuest & { timer: ReturnType<typeof setTimeout>; endsAtMs: number }
  >();
  readonly #decisions = new Map<string, FakeDecision>();
  readonly #parked = new Set<() => void>();
  #revision = 0;

  permissionsOf(userId: string): Permissions {
    return this.#permissions.get(userId) ?? ordinaryPermissions;
  }

  /** Changes what a user may do. */
  permit(userId: string, changes: PermissionChanges): Permissions {
    const permissions = { ...this.permissionsOf(userId), ...changes };
    this.#permissions.set(userId, permissions);
    return permissions;
  }

  get revision(): string {
    return String(this.#revision);
  }

  get guests(): readonly FakeGuest[] {
    return [...this.#guests.values()].map(({ timer: _timer, endsAtMs: _ends, ...guest }) => guest);
  }

  decisionOn(endpointId: string): FakeDecision | undefined {
    return this.#decisions.get(endpointId);
  }

  expiryOf(endpointId: string): string {
    return new Date(this.#guests.get(endpointId)?.endsAtMs ?? 0).toISOString();
  }

  /** A guest asks to be let in, or asks again. */
  wait(guest: Omit<FakeGuest, 'waitingSince'>): FakeGuest {
    const known = this.#guests.get(guest.userEndpointId);
    clearTimeout(known?.timer);
    const nowMs = Date.now();
    const endsAtMs = known?.endsAtMs ?? nowMs + longestWaitMs;
    if (nowMs >= endsAtMs) this.decide(guest.userEndpointId, { decision: 'EXPIRED' });
    const { waitingSince = new Date(nowMs).toISOString() } = known ?? {};
    const timer = setTimeout(() => this.cancel(guest.userEndpointId), longestSilenceMs + 20_000);
    const entry = { ...guest, waitingSince, timer, endsAtMs };
    if (this.#decisions.get(guest.userEndpointId)?.decision === 'EXPIRED') clearTimeout(timer);
    else this.#guests.set(guest.userEndpointId, entry);
    if (!known) this.change();
    return entry;
  }

  decide(endpointId: string, decision: FakeDecision): void {
    this.cancel(endpointId);
    this.#decisions.set(endpointId, decision);
  }

  /** Forgets a decision that was told, so that the endpoint can ask again. */
  forgetDecision(endpointId: string): void {
    this.#decisions.delete(endpointId);
  }

  cancel(endpointId: string): void {
    clearTimeout(this.#guests.get(endpointId)?.timer);
    if (this.#guests.delete(endpointId)) this.change();
  }

  /** Forgets everybody who waits, as a restart without data does. */
  forgetGuests(): void {
    for (const { userEndpointId } of this.guests) this.cancel(userEndpointId);
  }

  /** Answers all who wait for a change. */
  change(): void {
    this.#revision += 1;
    for (const wake of Array.from(this.#parked)) wake();
  }

  /** Holds a request until something changes, for at most 20 s. */
  async park(signal: AbortSignal | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#parked.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, 20_000);
      this.#parked.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }
}
