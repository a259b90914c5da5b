import { html, type TemplateResult } from 'lit';
import { icons, type IconName } from './icons.ts';

/** An icon beside or in place of a label, which screen readers skip. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d=${icons[name]}></path>
  </svg>`;
}
