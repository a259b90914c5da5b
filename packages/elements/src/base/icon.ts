import { html, type TemplateResult } from 'lit';
import { unsafeSVG } from 'lit/directives/unsafe-svg.js';
import { icons, type IconName } from './icons.ts';

/** An icon beside or in place of a label, which screen readers skip. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${unsafeSVG(icons[name])}
  </svg>`;
}
