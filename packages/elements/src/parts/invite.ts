import { css, html, nothing, type CSSResultGroup, type PropertyDeclarations, type TemplateResult } from 'lit';
import { define } from '../base/define.ts';
import { icon } from '../base/icon.ts';
import { buttons, fields, tokens } from '../base/styles.ts';
import { isLocalLink } from '../panels/is-local-link.ts';
import { PanelElement } from '../panels/panel-element.ts';
import { panelStyles } from '../panels/panel-styles.ts';
import type { QrPath } from '../panels/qr-path.ts';

const copiedForMs = 3_000;
/** The quiet zone around a QR code that readers need, in its units. */
const quiet = 4;

/**
 * The link to a call: to copy, to share, and as a QR code for a phone.
 *
 * @csspart header - Title and button to close.
 * @csspart title - The title.
 * @csspart link - The field with the link.
 * @csspart qr - The QR code.
 * @fires parley-close - When the user closes the panel.
 */
export class ParleyInvite extends PanelElement {
  static override properties: PropertyDeclarations = {
    link: { type: String },
    isCopied: { state: true },
    qr: { state: true },
  };
  static override styles: CSSResultGroup = [
    tokens,
    buttons,
    fields,
    panelStyles,
    css`
      .body {
        display: flex;
        flex-direction: column;
        gap: 16px;
      }

      label {
        margin-block-end: 4px;
        font-size: 0.875em;
      }

      input {
        min-block-size: 44px;
        background: var(--_surface-raised);
        font-size: max(1em, 16px);
        text-overflow: ellipsis;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }

      .actions .button {
        flex: 1 1 8rem;
        min-block-size: 44px;
      }

      svg.qr {
        align-self: center;
        inline-size: min(100%, 15rem);
        border: 1px solid var(--_border);
        border-radius: 12px;
        background: #fff;
        forced-color-adjust: none;
      }

      .local {
        display: flex;
        gap: 10px;
        margin: 0;
        padding: 12px;
        border-radius: 12px;
        background: color-mix(in srgb, var(--_warning), transparent 86%);
      }

      .local .icon {
        margin-block-start: 0.1em;
        color: var(--_warning);
      }
    `,
  ];

  /** The link. Default: the page's address without its hash. */
  declare link: string | undefined;
  declare isCopied: boolean;
  declare qr: { readonly link: string; readonly drawn: QrPath | undefined } | undefined;

  #copiedTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.link = undefined;
    this.isCopied = false;
    this.qr = undefined;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#copiedTimer);
    this.isCopied = false;
  }

  get #shownLink(): string {
    if (this.link) return this.link;
    const { origin, pathname, search } = location;
    return `${origin}${pathname}${search}`;
  }

  get #field(): HTMLInputElement | undefined {
    return this.find('input');
  }

  protected override render(): TemplateResult {
    const link = this.#shownLink;
    const canShare = typeof navigator.share === 'function';
    return html`
      ${this.renderHeader('invite.title', 'invite.close')}
      <div class="body">
        ${
          isLocalLink(link)
            ? html`<p class="local">${icon('warning')}<span>${this.text('invite.local-only')}</span></p>`
            : nothing
        }
        <div>
          <label for="link">${this.text('invite.link')}</label>
          <input
            part="link"
            id="link"
            type="url"
            dir="ltr"
            readonly
            .value=${link}
            @focus=${() => this.#field?.select()}
          />
        </div>
        <div class="actions">
          <button class="button primary" type="button" @click=${() => void this.#copy(link)}>
            ${icon(this.isCopied ? 'check' : 'copy')}
            <span>${this.text(this.isCopied ? 'invite.copied' : 'invite.copy')}</span>
          </button>
          ${
            canShare
              ? html`<button class="button" type="button" @click=${() => void this.#share(link)}>
                  ${icon('share')} <span>${this.text('invite.share')}</span>
                </button>`
              : nothing
          }
        </div>
        <div class="visually-hidden" role="status">${this.isCopied ? this.text('invite.copied') : ''}</div>
        ${this.#renderQr(link)}
      </div>
    `;
  }

  #renderQr(link: string): TemplateResult | typeof nothing {
    const drawn = this.qr?.link === link ? this.qr.drawn : undefined;
    if (!drawn) return nothing;
    const { path, size } = drawn;
    return html`<svg
      part="qr"
      class="qr"
      role="img"
      aria-label=${this.text('invite.qr')}
      viewBox="${-quiet} ${-quiet} ${size + 2 * quiet} ${size + 2 * quiet}"
      shape-rendering="crispEdges"
    >
      <path d=${path} fill="#000" />
    </svg>`;
  }

  protected override updated(): void {
    const link = this.#shownLink;
    if (this.qr?.link !== link) void this.#draw(link);
  }

  async #draw(link: string): Promise<void> {
    this.qr = { link, drawn: undefined };
    try {
      const { qrPath } = await import('../panels/qr-path.ts');
      if (this.qr.link === link) this.qr = { link, drawn: qrPath(link) };
    } catch {
      // Too long for a code, or offline: the link above does.
    }
  }

  async #copy(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      // The page may not write to the clipboard: the user can copy what is selected.
      this.#field?.focus();
      this.#field?.select();
      return;
    }
    this.isCopied = true;
    clearTimeout(this.#copiedTimer);
    this.#copiedTimer = setTimeout(() => {
      this.isCopied = false;
    }, copiedForMs);
  }

  /** Rejects when the user closes the sheet without sharing, which is no problem. */
  async #share(link: string): Promise<void> {
    await navigator.share({ url: link }).catch(() => undefined);
  }
}

define('parley-invite', ParleyInvite);

declare global {
  interface HTMLElementTagNameMap {
    'parley-invite': ParleyInvite;
  }
}
