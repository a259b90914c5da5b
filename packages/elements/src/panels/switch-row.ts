import { css, html, nothing, type CSSResult, type TemplateResult } from 'lit';
import { icon } from '../base/icon.ts';
import type { IconName } from '../base/icons.ts';

/** A setting that is on or off. */
export interface SwitchRow {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: IconName;
  readonly isOn: boolean;
  readonly onSwitch: (isOn: boolean) => void;
}

/** A setting that is on or off, over the full width, so that a thumb cannot miss it. */
export function switchRow({ id, label, hint, icon: name, isOn, onSwitch }: SwitchRow): TemplateResult {
  return html`<button
    class="switch-row"
    type="button"
    role="switch"
    id=${id}
    aria-checked=${isOn}
    aria-labelledby="${id}-label"
    aria-describedby=${hint === undefined ? nothing : `${id}-hint`}
    @click=${() => onSwitch(!isOn)}
  >
    ${name ? icon(name) : nothing}
    <span class="switch-text">
      <span id="${id}-label">${label}</span>
      ${hint === undefined ? nothing : html`<small id="${id}-hint">${hint}</small>`}
    </span>
    <span class="track" aria-hidden="true"><span class="thumb"></span></span>
  </button>`;
}

export const switchStyles: CSSResult = css`
  .switch-row {
    display: flex;
    align-items: center;
    gap: 12px;
    inline-size: 100%;
    min-block-size: 48px;
    padding: 6px 8px;
    border: 0;
    border-radius: 10px;
    background: transparent;
    text-align: start;
  }

  .switch-row:hover {
    background: var(--_surface-raised);
  }

  .switch-row:focus-visible {
    outline-offset: -2px;
  }

  .switch-text {
    flex: 1;
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  .switch-text small {
    display: block;
    color: var(--_text-muted);
    font-size: 0.8125rem;
  }

  .track {
    inline-size: 40px;
    block-size: 24px;
    flex: none;
    padding: 3px;
    border: 2px solid light-dark(#6b7280, #9198a4);
    border-radius: 999px;
    transition: background 0.15s;
  }

  .thumb {
    display: block;
    inline-size: 14px;
    block-size: 14px;
    border-radius: 50%;
    background: light-dark(#6b7280, #9198a4);
    transition: translate 0.15s;
  }

  [aria-checked='true'] > .track {
    border-color: var(--_accent);
    background: var(--_accent);
  }

  [aria-checked='true'] > .track > .thumb {
    background: var(--_on-accent);
    translate: 16px;
  }

  [aria-checked='true']:dir(rtl) > .track > .thumb {
    translate: -16px;
  }

  @media (forced-colors: active) {
    .track {
      border-color: ButtonText;
    }

    .thumb {
      background: ButtonText;
    }

    [aria-checked='true'] > .track {
      background: Highlight;
      forced-color-adjust: none;
    }
  }
`;
