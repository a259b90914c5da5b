import { ContextConsumer } from '@lit/context';
import { LitElement, type PropertyDeclarations } from 'lit';
import type { Store } from '../page/store.ts';
import type { TextKey, Texts } from '../texts/en.ts';
import { format } from '../texts/format.ts';
import { languages, textsIn } from '../texts/languages.ts';
import { textsContext } from './contexts.ts';
import type { ParleyEventMap } from './events.ts';
import { restyle } from './restyle.ts';
import { StoreReader } from './store-reader.ts';

/** Gives a text in the page's language. */
export type TextOf = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** What all elements share: texts in the page's language, and reading stores. */
export abstract class ParleyElement extends LitElement {
  static override properties: PropertyDeclarations = {
    texts: { attribute: false },
    lang: { type: String },
  };

  /** Texts that replace ours, by key. Default: those of the element around it. */
  declare texts: Partial<Texts> | undefined;

  readonly #reader: StoreReader = new StoreReader(this);
  readonly #textsAround = new ContextConsumer(this, { context: textsContext, subscribe: true });
  #language = 'en';
  #stopLanguage: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const follow = (): void => {
      this.#language = languageOf(this);
      this.requestUpdate();
    };
    this.#stopLanguage = onPageLanguage(follow);
    follow();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    if (this.ownerDocument === document) return super.createRenderRoot();
    const { shadowRootOptions, elementStyles } = this.constructor as typeof LitElement;
    const root = this.shadowRoot ?? this.attachShadow(shadowRootOptions);
    restyle(root, elementStyles);
    this.renderOptions.renderBefore ??= root.firstChild;
    return root;
  }

  /** Called by the browser when the element has moved to another document. */
  adoptedCallback(): void {
    const { elementStyles } = this.constructor as typeof LitElement;
    if (this.shadowRoot) restyle(this.shadowRoot, elementStyles);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopLanguage?.();
    void this.#noticeRemoval();
  }

  /** Called when it was taken out of the page for good: frameworks move elements by taking them out and putting them in again. */
  protected onRemoved(): void {}

  async #noticeRemoval(): Promise<void> {
    await Promise.resolve();
    if (!this.isConnected) this.onRemoved();
  }

  /** The first of its own elements that matches a selector; undefined before it has rendered. */
  protected find<Tag extends keyof HTMLElementTagNameMap>(tag: Tag): HTMLElementTagNameMap[Tag] | undefined;
  protected find(selector: string): HTMLElement | undefined;
  protected find(selector: string): HTMLElement | undefined {
    return this.shadowRoot?.querySelector<HTMLElement>(selector) ?? undefined;
  }

  /** Returns a store's snapshot, and renders again when it changes. Call it only while rendering. */
  protected read<State>(store: Store<State>): State {
    return this.#reader.read(store);
  }

  /** All texts, with what the page replaced. */
  protected get allTexts(): Texts {
    return { ...textsIn(this.#language), ...this.#textsAround.value, ...this.texts };
  }

  /** A text in the page's language. Call it only while rendering, so that it follows the language. */
  protected text(key: TextKey, values?: Readonly<Record<string, string | number>>): string {
    this.read(languages);
    const own = this.texts?.[key] ?? this.#textsAround.value?.[key];
    return format(own ?? textsIn(this.lang || this.#language)[key], values);
  }

  /** `text`, for functions that render a part of it. */
  protected readonly textOf: TextOf = (key, values) => this.text(key, values);

  /** The language for dates and numbers, as BCP 47. */
  protected get language(): string {
    return this.lang || this.#language;
  }

  /** Dispatches an event that passes out of shadow roots. Returns whether the page let it happen. */
  protected emit<Name extends keyof ParleyEventMap>(
    name: Name,
    detail: ParleyEventMap[Name]['detail'],
    options: { readonly cancelable?: boolean } = {},
  ): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, ...options }));
  }
}

const followers = new Set<() => void>();
let watcher: MutationObserver | undefined;

/** Calls a listener whenever the page changes its language, until the returned function is called. */
function onPageLanguage(listener: () => void): () => void {
  if (!watcher && typeof MutationObserver !== 'undefined') {
    watcher = new MutationObserver(() => followers.forEach((follow) => follow()));
    watcher.observe(document.documentElement, { attributeFilter: ['lang'] });
  }
  followers.add(listener);
  return () => followers.delete(listener);
}

/** The language of an element: its own, or that of the nearest element around it, also outside its shadow root. */
function languageOf(element: Element): string {
  for (let at: Element | undefined = element; at;) {
    const named: Element | null = at.closest('[lang]');
    const language = named?.getAttribute('lang');
    if (language) return language;
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : undefined;
  }
  return 'en';
}
