import type { DisplayName } from '@parley-rtc/sdk';
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../base/icon.ts';
import type { IconName } from '../base/icons.ts';
import type { TextOf } from '../base/parley-element.ts';

/** A person's name with its badges, and the role below it. However long they are, they fill one line each. */
export function personName(person: DisplayName, shown: string, text: TextOf, isHost = false): TemplateResult {
  const { isVerified, role } = person;
  return html`<div class="who">
    <div class="name-line">
      <bdi class="name" title=${shown}>${shown}</bdi>
      ${isVerified ? badge(text('tile.verified'), 'verified') : nothing}
      ${isHost ? badge(text('people.host'), 'host') : nothing}
    </div>
    ${role === undefined ? nothing : html`<bdi class="role" title=${role}>${role}</bdi>`}
  </div>`;
}

function badge(label: string, name: IconName): TemplateResult {
  return html`<span class="badge" role="img" aria-label=${label} title=${label}>${icon(name)}</span>`;
}
