type Timer = ReturnType<typeof setTimeout>;

/** Drops endpoints that fall silent. */
export class KeepAlives {
  readonly #timers = new Map<string, { readonly timer: Timer; readonly allowedMs: number }>();
  readonly #onSilent: (endpointId: string) => void;

  constructor(onSilent: (endpointId: string) => void) {
    this.#onSilent = onSilent;
  }

  /** An endpoint registers, and has to be heard within twice `keepAliveSeconds` from now on. */
  register(endpointId: string, keepAliveSeconds: number): void {
    this.#watch(endpointId, keepAliveSeconds * 2_000);
  }

  hear(endpointId: string): void {
    const known = this.#timers.get(endpointId);
    if (known) this.#watch(endpointId, known.allowedMs);
  }

  forget(endpointId: string): void {
    clearTimeout(this.#timers.get(endpointId)?.timer);
    this.#timers.delete(endpointId);
  }

  close(): void {
    for (const endpointId of Array.from(this.#timers.keys())) this.forget(endpointId);
  }

  #watch(endpointId: string, allowedMs: number): void {
    clearTimeout(this.#timers.get(endpointId)?.timer);
    const timer = setTimeout(() => {
      this.#timers.delete(endpointId);
      this.#onSilent(endpointId);
    }, allowedMs);
    // In Node, a fake server that nobody closed must not keep the process alive.
    (timer as { unref?: () => unknown }).unref?.();
    this.#timers.set(endpointId, { timer, allowedMs });
  }
}
