import { html, nothing, type TemplateResult } from 'lit';
import { CallElement } from '../base/call-element.ts';
import { icon } from '../base/icon.ts';
import type { TextKey } from '../texts/en.ts';

/** What all panels share: a header with the title, which can receive the focus, and a button that closes. */
export abstract class PanelElement extends CallElement {
  /** Moves the focus into the panel: to its title, so that screen readers say where it is. */
  override focus(options?: FocusOptions): void {
    // The page may have just created it.
    void this.updateComplete.then(() => this.heading?.focus(options));
  }

  /** The title, once it is rendered. */
  protected get heading(): HTMLElement | null | undefined {
    return this.find('h2');
  }

  /** `detail`: such as the number of people. */
  protected renderHeader(title: TextKey, close: TextKey, detail?: string): TemplateResult {
    const closeLabel = this.text(close);
    return html`<header part="header">
      <h2 part="title" tabindex="-1">${this.text(title)}</h2>
      ${detail === undefined ? nothing : html`<span class="detail" dir="auto">${detail}</span>`}
      <button
        class="icon-button close"
        type="button"
        aria-label=${closeLabel}
        title=${closeLabel}
        @click=${() => this.emit('parley-close', undefined)}
      >
        ${icon('close')}
      </button>
    </header>`;
  }
}
