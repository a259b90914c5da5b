import { css, type CSSResult } from 'lit';

export const noticesStyles: CSSResult = css`
  :host {
    position: absolute;
    inset: 0;
    z-index: 3;
    overflow: hidden;
    container-type: inline-size;
    font-size: 0.9375rem;
    pointer-events: none;
  }

  .toasts {
    position: absolute;
    inset-block-end: 12px;
    inset-inline-start: 12px;
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    inline-size: min(24rem, calc(100% - 24px));
  }

  .toast {
    display: flex;
    align-items: center;
    gap: 10px;
    inline-size: fit-content;
    max-inline-size: 100%;
    min-block-size: 48px;
    margin-block-start: 8px;
    padding-inline: 14px 4px;
    border: 1px solid rgb(255 255 255 / 14%);
    border-radius: 12px;
    background: #26292f;
    color: #f5f6f8;
    box-shadow: 0 8px 28px rgb(0 0 0 / 40%);
    pointer-events: auto;
    animation: arrive 0.2s ease-out;
  }

  .toast.error {
    border-color: #ff8a8f;
  }

  .toast.error > .icon {
    color: #ff8a8f;
  }

  .words {
    display: -webkit-box;
    flex: 1;
    min-inline-size: 0;
    margin-block: 10px;
    overflow: hidden;
    overflow-wrap: anywhere;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
  }

  .toast.error .words {
    -webkit-line-clamp: 8;
  }

  .action {
    min-block-size: 44px;
    flex: none;
    padding-inline: 10px;
    border: 0;
    border-radius: 10px;
    background: transparent;
    color: #9cc3ff;
    font-weight: 650;
  }

  .action:hover {
    background: rgb(255 255 255 / 12%);
  }

  .toast :focus-visible,
  .pill :focus-visible {
    outline-color: #9cc3ff;
    outline-offset: -2px;
  }

  .toast .icon-button {
    inline-size: 44px;
    block-size: 44px;
    flex: none;
  }

  .pills {
    position: absolute;
    inset-block-start: 12px;
    inset-inline: 12px;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
  }

  .pill {
    display: flex;
    align-items: center;
    gap: 8px;
    max-inline-size: 100%;
    min-block-size: 32px;
    padding-block: 2px;
    padding-inline: 14px;
    border: 1px solid rgb(255 255 255 / 14%);
    border-radius: 22px;
    background: rgb(32 34 40 / 94%);
    color: #f5f6f8;
    box-shadow: 0 2px 10px rgb(0 0 0 / 35%);
    pointer-events: auto;
  }

  .pill:has(.action) {
    padding-inline-end: 4px;
  }

  .pill > .icon {
    inline-size: 1.1em;
    block-size: 1.1em;
  }

  .pill.warning > .icon {
    color: #f5b83d;
  }

  .pill.recording > .icon {
    color: #ff6b72;
  }

  .pill.playback {
    padding: 0;
    border: 0;
    background: none;
    box-shadow: none;
  }

  .pill.playback .button {
    box-shadow: 0 4px 16px rgb(0 0 0 / 40%);
  }

  .spinner {
    inline-size: 1em;
    block-size: 1em;
    flex: none;
    border: 2px solid currentColor;
    border-block-start-color: transparent;
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }

  @keyframes arrive {
    from {
      opacity: 0;
      translate: 0 8px;
    }
  }

  @keyframes turn {
    to {
      rotate: 360deg;
    }
  }

  /* On a phone, more than the last two would cover the people. */
  @media (width < 480px) or (height < 480px) {
    [role='status'] > .toast:nth-last-child(n + 3) {
      display: none;
    }
  }

  @media (forced-colors: active) {
    .toast,
    .pill {
      border-color: CanvasText;
      background: Canvas;
      color: CanvasText;
    }

    .action {
      border: 1px solid ButtonText;
      color: ButtonText;
    }
  }
`;
