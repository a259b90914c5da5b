import { html, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { avatarColourOf, initialsOf } from '../base/person.ts';

/** A circle with the initials of a person. Screen readers skip it, because the name stands beside it. */
export function avatar(name: string): TemplateResult {
  return html`<span class="avatar" aria-hidden="true" style=${styleMap({ background: avatarColourOf(name) })}>
    ${initialsOf(name)}
  </span>`;
}
