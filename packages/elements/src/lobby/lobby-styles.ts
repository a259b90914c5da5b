import { css, type CSSResult } from 'lit';

export const lobbyStyles: CSSResult = css`
  :host {
    display: block;
    container: lobby / inline-size;
    overflow: auto;
    background: var(--_surface);
  }

  .lobby {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(260px, 1fr);
    align-items: center;
    gap: clamp(16px, 4cqi, 56px);
    max-inline-size: 1180px;
    min-block-size: 100%;
    margin-inline: auto;
    padding: clamp(12px, 3cqi, 40px);
  }

  .preview {
    position: relative;
    overflow: hidden;
    aspect-ratio: 16 / 9;
    max-block-size: calc(100dvh - 32px);
    border-radius: 18px;
    background: var(--_stage);
    color: var(--_on-stage);
    color-scheme: dark;
  }

  .preview video {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }

  .preview video[data-mirrored] {
    transform: scaleX(-1);
  }

  .off {
    position: absolute;
    inset: 0 0 64px;
    display: grid;
    place-items: center;
    padding: 16px;
    font-size: clamp(0.94em, 2cqi, 1.25em);
    text-align: center;
  }

  .toggles {
    position: absolute;
    inset-block-end: 12px;
    inset-inline: 12px;
    display: flex;
    align-items: center;
    justify-content: center;
    flex-wrap: wrap;
    gap: 8px 12px;
    /* Its buttons need not grow with the text so far that they cover the preview. */
    --_icon-button: min(2.75em, 50px);
  }

  .toggle {
    display: flex;
    border-radius: 999px;
    background: rgb(15 17 21 / 78%);
  }

  .toggle > button {
    display: grid;
    place-items: center;
    inline-size: clamp(48px, 2.75em, 50px);
    block-size: clamp(48px, 2.75em, 50px);
    padding: 0;
    border: 0;
    border-radius: 999px;
    background: transparent;
    color: inherit;
    font-size: 1.06em;
  }

  .toggle > button:hover {
    background: rgb(255 255 255 / 16%);
  }

  .toggle > button[aria-pressed='false'] {
    background: #c62232;
    color: #fff;
  }

  .toggle > button:focus-visible {
    outline-color: #fff;
  }

  .toggle :is(parley-device-menu, parley-menu) {
    align-items: center;
  }

  .toggle.small {
    min-inline-size: 48px;
    justify-content: center;
  }

  .toggle .busy {
    animation: wait 1s ease-in-out infinite alternate;
  }

  @keyframes wait {
    to {
      opacity: 0.35;
    }
  }

  .level {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    block-size: 5px;
    background: rgb(255 255 255 / 14%);
  }

  .level i {
    display: block;
    block-size: 100%;
    background: #4ade80;
    transform-origin: left;
    transition: transform 0.1s linear;
  }

  :host(:dir(rtl)) .level i {
    transform-origin: right;
  }

  form {
    display: grid;
    gap: 14px;
  }

  h1,
  h2 {
    margin: 0;
    font-size: clamp(1.375em, 3cqi, 1.9em);
    font-weight: 650;
    line-height: 1.2;
  }

  .inside {
    margin: 0;
    color: var(--_text-muted);
  }

  .button.primary {
    min-block-size: 52px;
    font-size: 1.05em;
  }

  .problem,
  .wait p {
    margin: 0;
  }

  .wait {
    color: var(--_text-muted);
  }

  .wait:empty {
    display: none;
  }

  .help {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 12px;
    padding: 12px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    font-size: 0.9em;
  }

  .help svg {
    inline-size: 150px;
    block-size: auto;
  }

  .help p {
    flex: 1 1 9em;
    margin: 0;
  }

  @container lobby (width < 760px) {
    .lobby {
      grid-template-columns: minmax(0, 1fr);
      align-content: start;
    }

    .preview {
      max-block-size: 46dvh;
      inline-size: 100%;
      aspect-ratio: auto;
      block-size: min(56cqi, 46dvh);
      margin-inline: auto;
    }
  }

  /* A phone on its side: the button to join stays in sight. */
  @media (height < 480px) and (width >= 560px) {
    .lobby {
      grid-template-columns: minmax(0, 3fr) minmax(220px, 2fr);
      gap: 16px;
      padding: 10px 16px;
      align-items: start;
    }

    .preview {
      position: sticky;
      inset-block-start: 10px;
      block-size: calc(100dvh - 24px);
      max-block-size: none;
      aspect-ratio: auto;
    }

    form {
      gap: 8px;
    }
  }
`;
