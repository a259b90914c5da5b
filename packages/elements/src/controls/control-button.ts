import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { PanelName } from '../base/events.ts';
import { icon } from '../base/icon.ts';
import type { IconName } from '../base/icons.ts';
import type { TextOf } from '../base/parley-element.ts';

/** A button of the controls. */
export interface ControlOptions {
  /** What it is called when the bar has no room for it. */
  readonly item: string;
  readonly icon: IconName;
  readonly label: string;
  /** The shortcut's key, shown in the tooltip. */
  readonly key?: string;
  readonly class?: string;
  readonly isPressed?: boolean;
  readonly isExpanded?: boolean;
  /** Why it cannot be used; the button says so. */
  readonly refusal?: string | undefined;
  readonly badge?: number;
  readonly panel?: PanelName;
  readonly onClick: () => unknown;
}

/** Renders a button of the controls: an icon, and its words where there is room. */
export function controlButton(options: ControlOptions, text: TextOf): TemplateResult {
  const { label, key, isPressed, isExpanded, refusal, badge = 0, onClick } = options;
  const tooltip = key === undefined ? label : text('controls.shortcut', { label, key });
  return html`<button
    class="control ${options.class ?? ''}"
    type="button"
    data-item=${options.item}
    aria-label=${label}
    title=${refusal ?? tooltip}
    aria-pressed=${ifDefined(isPressed)}
    aria-expanded=${ifDefined(isExpanded)}
    aria-disabled=${refusal !== undefined}
    aria-keyshortcuts=${ifDefined(key)}
    data-panel=${ifDefined(options.panel)}
    @click=${() => (refusal === undefined ? onClick() : undefined)}
  >
    <span class="with-badge" aria-hidden="true">${icon(options.icon)}${badgeOf(badge)}</span>
    <span class="words" aria-hidden="true">${label}</span>
  </button>`;
}

/** A count on an icon; nothing for none. */
export function badgeOf(count: number): TemplateResult | typeof nothing {
  return count > 0 ? html`<span class="badge">${count > 99 ? '99+' : count}</span>` : nothing;
}
