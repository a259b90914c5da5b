import { css, type CSSResult } from 'lit';

export const chatStyles: CSSResult = css`
  .messages {
    position: relative;
    display: flex;
    flex: 1;
    min-block-size: 0;
  }

  .log {
    flex: 1;
    min-inline-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 16px;
  }

  .log:focus-visible {
    outline-offset: -3px;
  }

  .empty {
    position: absolute;
    inset: 0;
    display: flex;
    block-size: fit-content;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    margin: auto;
    padding: 24px;
    color: var(--_text-muted);
    text-align: center;
    text-wrap: balance;
  }

  .empty .icon {
    inline-size: 2.5rem;
    block-size: 2.5rem;
    stroke-width: 1.5;
  }

  .group {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 3px;
    margin-block-start: 16px;
  }

  .group:first-child {
    margin-block-start: 0;
  }

  .own {
    align-items: flex-end;
  }

  .meta {
    display: flex;
    align-items: baseline;
    gap: 8px;
    max-inline-size: 100%;
    margin-block-end: 2px;
    padding-inline: 4px;
    font-size: 0.8125rem;
  }

  .name {
    overflow: hidden;
    font-weight: 650;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .meta .icon {
    align-self: center;
    inline-size: 1em;
    block-size: 1em;
    margin-inline-start: -4px;
    color: var(--_accent);
  }

  time {
    flex: none;
    color: var(--_text-muted);
    font-variant-numeric: tabular-nums;
  }

  .bubble {
    max-inline-size: min(85%, 32rem);
    padding: 8px 12px;
    border-radius: 14px;
    background: var(--_surface-raised);
  }

  .meta + .bubble {
    border-start-start-radius: 4px;
  }

  .own .meta + .bubble {
    border-start-start-radius: 14px;
    border-start-end-radius: 4px;
  }

  .own .bubble {
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .text {
    display: block;
    overflow-wrap: anywhere;
    text-align: start;
    white-space: pre-wrap;
  }

  .group .bubble.large {
    padding: 2px 4px;
    background: none;
    color: var(--_text);
    font-size: 2.25rem;
    line-height: 1.2;
  }

  .bubble.sending,
  .bubble.failed {
    background: color-mix(in srgb, var(--_accent) 80%, var(--_surface));
  }

  .bubble.failed {
    border: 1px solid var(--_danger);
    background: var(--_surface);
    color: var(--_text);
  }

  .bubble a {
    color: inherit;
    text-underline-offset: 2px;
  }

  .bubble a:focus-visible {
    outline-color: currentColor;
  }

  .status {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: flex-end;
    gap: 0 4px;
    padding-inline: 4px;
    color: var(--_text-muted);
    font-size: 0.8125rem;
  }

  .status.problem {
    margin: 0;
    font-size: 0.8125rem;
    text-align: end;
  }

  .status .button {
    min-block-size: 2.75em;
    padding: 0 0.6em;
    font-size: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }

  .divider {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-block: 16px 0;
    color: light-dark(#b21e2c, #ff8a8f);
    font-size: 0.8125rem;
    font-weight: 650;
  }

  .divider:first-child {
    margin-block-start: 0;
  }

  .divider::before,
  .divider::after {
    flex: 1;
    block-size: 1px;
    background: currentColor;
    content: '';
    opacity: 0.5;
  }

  .newer {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 0;
    inline-size: fit-content;
    margin-inline: auto;
    box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
  }

  .newer .icon {
    rotate: 180deg;
  }

  form {
    flex: none;
    padding: 10px 12px;
    padding-block-end: max(10px, env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--_border);
  }

  .field {
    display: flex;
    align-items: flex-end;
    border: 1px solid light-dark(#7c8492, #7b828e);
    border-radius: 22px;
    background: var(--_surface);
  }

  .field:has(textarea:focus-visible) {
    outline: 3px solid var(--_accent);
    outline-offset: 1px;
  }

  textarea {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 44px;
    max-block-size: calc(5lh + 22px);
    padding-block: 11px;
    padding-inline: 16px 4px;
    border: 0;
    border-radius: 22px;
    background: transparent;
    field-sizing: content;
    font-size: max(1em, 16px);
    line-height: 1.35;
    outline: none;
    resize: none;
  }

  textarea:focus-visible {
    outline: none;
  }

  textarea::placeholder {
    color: var(--_text-muted);
    opacity: 1;
  }

  textarea:disabled {
    opacity: 0.7;
  }

  .send {
    inline-size: 44px;
    block-size: 44px;
    color: light-dark(
      color-mix(in srgb, var(--_accent), #000 12%),
      color-mix(in srgb, var(--_accent), #fff 45%)
    );
  }

  .send:disabled {
    color: var(--_text-muted);
  }

  .send .icon:dir(rtl) {
    scale: -1 1;
  }

  .hint {
    padding-inline: 4px;
  }

  @media (forced-colors: active) {
    .bubble,
    .field {
      border: 1px solid CanvasText;
    }
  }
`;
