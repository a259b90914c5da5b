export interface ShortcutsOptions {
  /** Whether keys act now. */
  readonly isActive: () => boolean;
  readonly isMuted: () => boolean;
  /** Whose keys act. Default: the page's window. */
  readonly target?: Window | undefined;
  /** Unmutes while the space bar is held, and mutes again. */
  readonly talk: (isTalking: boolean) => void;
}

/**
 * Keys of the page that act in a call, unless the user is typing, or holds a modifier: browsers, systems and screen readers use
 * those.
 */
export class Shortcuts {
  readonly #actions: Readonly<Record<string, () => unknown>>;
  #options: ShortcutsOptions | undefined;
  #end: AbortController | undefined;
  #isTalking = false;

  /** `actions` are by key, in lower case. */
  constructor(actions: Readonly<Record<string, () => unknown>>) {
    this.#actions = actions;
  }

  connect(options: ShortcutsOptions): void {
    this.#options = options;
    this.#end = new AbortController();
    const { signal } = this.#end;
    const target = options.target ?? window;
    target.addEventListener('keydown', (event) => this.#onDown(event), { signal });
    target.addEventListener('keyup', (event) => this.#onUp(event), { signal });
    // A key that is released in another window is never reported here, and would leave the microphone on.
    target.addEventListener('blur', () => this.#stopTalking(), { signal });
  }

  disconnect(): void {
    this.#stopTalking();
    this.#end?.abort();
  }

  #onDown(event: KeyboardEvent): void {
    // Held down, it must not scroll the page.
    if (this.#isTalking && event.key === ' ') event.preventDefault();
    const { key, repeat, altKey, ctrlKey, metaKey, defaultPrevented } = event;
    if (repeat || altKey || ctrlKey || metaKey || defaultPrevented || !this.#options?.isActive()) return;
    const path = event.composedPath();
    const [target] = path;
    if (isEditable(target) || path.some((element) => element instanceof HTMLDialogElement)) return;
    if (key === ' ') {
      if (isOperable(target) || !this.#options.isMuted()) return;
      event.preventDefault();
      this.#isTalking = true;
      this.#options.talk(true);
      return;
    }
    const action = this.#actions[key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #onUp({ key }: KeyboardEvent): void {
    if (key === ' ') this.#stopTalking();
  }

  #stopTalking(): void {
    if (!this.#isTalking) return;
    this.#isTalking = false;
    this.#options?.talk(false);
  }
}

/** Whether keys write something. */
function isEditable(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Whether the space bar presses something. */
function isOperable(target: EventTarget | undefined): boolean {
  return (
    target instanceof HTMLElement &&
    (/^(A|BUTTON|SUMMARY|VIDEO|AUDIO)$/.test(target.tagName) || target.role !== null)
  );
}
