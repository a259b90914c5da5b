import { css, html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import type { IconName } from '../base/icons.ts';
import { isRightToLeft } from '../base/is-right-to-left.ts';
import type { MenuItem } from '../base/menu-item.ts';
import { ParleyElement } from '../base/parley-element.ts';
import { placeBeside } from '../base/place-beside.ts';
import { buttons, tokens } from '../base/styles.ts';

/**
 * A button that opens a menu. The keyboard works as in menus of the system: arrows, Home, End, first letters, Escape, Tab.
 *
 * @fires parley-menu-select - The user has chosen an item: `detail.id`.
 * @slot - What the button shows. Default: its icon.
 * @csspart button - The button.
 * @csspart menu - The open menu.
 */
export class ParleyMenu extends ParleyElement {
  static override properties: PropertyDeclarations = {
    items: { attribute: false },
    label: {},
    icon: {},
    isOpen: { state: true },
  };
  static override styles: CSSResultGroup = [
    tokens,
    buttons,
    css`
      :host {
        display: inline-flex;
      }

      .menu {
        position: fixed;
        inset: auto;
        margin: 0;
        min-inline-size: min(13rem, calc(100vw - 16px));
        max-inline-size: min(22rem, calc(100vw - 16px));
        max-block-size: calc(100dvh - 16px);
        overflow: auto;
        padding: 6px;
        border: 1px solid var(--_border);
        border-radius: var(--_radius);
        background: var(--_surface);
        color: var(--_text);
        box-shadow: 0 8px 30px rgb(0 0 0 / 35%);
      }

      .item {
        display: flex;
        align-items: center;
        gap: 0.7em;
        inline-size: 100%;
        min-block-size: 2.75em;
        padding: 0.4em 0.7em;
        border: 0;
        border-radius: 8px;
        background: transparent;
        text-align: start;
        overflow-wrap: anywhere;
      }

      .item:hover:not([aria-disabled='true']),
      .item:focus-visible {
        background: var(--_surface-raised);
      }

      .item:focus-visible {
        outline-offset: -3px;
      }

      .item[aria-disabled='true'] {
        opacity: 0.6;
        cursor: default;
      }

      .item.danger {
        color: light-dark(#b21e2c, #ff8a8f);
      }

      .item.short {
        display: inline-flex;
        justify-content: center;
        inline-size: 2.75em;
        padding: 0.4em;
        font-size: 1.1em;
      }

      .item small {
        display: block;
        color: var(--_text-muted);
      }

      .tick {
        inline-size: 1.25em;
        flex: none;
      }

      .heading {
        padding: 0.5em 0.7em 0.2em;
        color: var(--_text-muted);
        font-size: 0.8em;
        font-weight: 700;
      }

      hr {
        margin: 6px;
        border: 0;
        border-block-start: 1px solid var(--_border);
      }
    `,
  ];

  /** What the menu offers. */
  declare items: readonly MenuItem[];
  /** The name of the button and of its menu. */
  declare label: string;
  /** The icon of the button. */
  declare icon: IconName;
  declare isOpen: boolean;

  #whileOpen: AbortController | undefined;

  constructor() {
    super();
    this.items = [];
    this.label = '';
    this.icon = 'more';
    this.isOpen = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#whileOpen?.abort();
  }

  get #button(): HTMLButtonElement | undefined {
    return this.find('button');
  }

  get #menu(): HTMLElement | undefined {
    return this.find('.menu');
  }

  override focus(): void {
    this.#button?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <button
        part="button"
        class="icon-button"
        type="button"
        aria-haspopup="menu"
        aria-expanded=${this.isOpen}
        aria-label=${this.label}
        title=${this.label}
        @click=${() => this.#toggle()}
        @keydown=${(event: KeyboardEvent) => this.#onButtonKey(event)}
      >
        <slot>${icon(this.icon)}</slot>
      </button>
      <div
        part="menu"
        class="menu"
        popover="auto"
        role="menu"
        aria-label=${this.label}
        @beforetoggle=${({ newState }: ToggleEvent) => newState === 'open' && void this.#onOpening()}
        @toggle=${({ newState }: ToggleEvent) => newState === 'closed' && this.#onClosed()}
        @keydown=${(event: KeyboardEvent) => this.#onMenuKey(event)}
      >
        ${this.isOpen ? repeat(this.items, keyOf, (item) => this.#renderItem(item)) : nothing}
      </div>
    `;
  }

  #renderItem(item: MenuItem): TemplateResult {
    if ('separator' in item) return html`<hr role="separator" />`;
    if ('heading' in item) return html`<div class="heading" role="presentation">${item.heading}</div>`;
    const { id, label, isChecked, isDanger, isShort, isDisabled = false, hint } = item;
    const tick = html`<span class="tick">${isChecked ? icon('check') : nothing}</span>`;
    return html`<button
      class="item ${isDanger ? 'danger' : ''} ${isShort ? 'short' : ''}"
      type="button"
      tabindex="-1"
      role=${isChecked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked=${isChecked ?? nothing}
      aria-disabled=${isDisabled}
      data-id=${id}
      @click=${() => !isDisabled && this.#select(id)}
    >
      ${isChecked === undefined ? item.icon && icon(item.icon) : tick}
      <span>${label}${hint === undefined ? nothing : html`<small>${hint}</small>`}</span>
    </button>`;
  }

  #toggle(): void {
    this.#menu?.togglePopover();
  }

  /** Before the next key arrives, which `toggle` may follow: it would press whatever had the focus before. */
  async #onOpening(): Promise<void> {
    this.isOpen = true;
    this.#whileOpen?.abort();
    this.#whileOpen = new AbortController();
    const { signal } = this.#whileOpen;
    this.ownerDocument.defaultView?.addEventListener('resize', () => this.#place(), { signal });
    await this.updateComplete;
    this.#place();
    const items = this.#focusable;
    (items.find((item) => item.ariaChecked === 'true') ?? items[0])?.focus();
  }

  #onClosed(): void {
    this.isOpen = false;
    this.#whileOpen?.abort();
    // Not every browser gives focus back, and none does when the focused item has gone meanwhile.
    const isInside = this.#menu?.matches(':focus-within') ?? false;
    const { activeElement, body } = this.ownerDocument;
    if (isInside || activeElement === body) this.focus();
  }

  #place(): void {
    const [menu, button] = [this.#menu, this.#button];
    if (menu && button) placeBeside(menu, button);
  }

  /** Closes the menu now, and gives focus back. */
  #close(): void {
    this.#menu?.hidePopover();
    this.focus();
  }

  #select(id: string): void {
    this.#close();
    this.emit('parley-menu-select', { id });
  }

  #onButtonKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    if (!this.isOpen) this.#toggle();
  }

  #onMenuKey(event: KeyboardEvent): void {
    const items = this.#focusable;
    const at = items.findIndex((item) => item.matches(':focus'));
    const goTo = (index: number): void => {
      event.preventDefault();
      items.at(index % items.length)?.focus();
    };
    // Nothing typed into a menu is a shortcut of the call.
    event.stopPropagation();
    const { key } = event;
    const [forth, back] = isRightToLeft(this) ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
    if (key === 'ArrowDown' || key === forth) goTo(at + 1);
    else if (key === 'ArrowUp' || key === back) goTo(at - 1);
    else if (key === 'Home') goTo(0);
    else if (key === 'End') goTo(-1);
    else if (key === 'Tab') this.#menu?.hidePopover();
    else if (key === 'Escape') {
      // Browsers close it a little later, when the next key may have chosen an item.
      event.preventDefault();
      this.#close();
    } else if (key.length === 1 && key !== ' ') {
      const starts = (item: HTMLElement): boolean =>
        (item.textContent ?? '').trim().toLowerCase().startsWith(key.toLowerCase());
      const next = [...items.slice(at + 1), ...items.slice(0, at + 1)].find(starts);
      next?.focus();
    }
  }

  get #focusable(): HTMLElement[] {
    return Array.from(this.#menu?.querySelectorAll<HTMLElement>('.item') ?? []);
  }
}

function keyOf(item: MenuItem, index: number): string {
  return 'id' in item ? item.id : `${index}`;
}

define('parley-menu', ParleyMenu);

declare global {
  interface HTMLElementTagNameMap {
    'parley-menu': ParleyMenu;
  }
}
