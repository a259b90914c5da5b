import { css, type CSSResult } from 'lit';

/** A message in the middle of an empty screen: waiting, the end, or what is missing. */
export const screenStyles: CSSResult = css`
  .screen {
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 14px;
    min-block-size: 100%;
    padding: 24px;
    background: var(--_surface);
    text-align: center;
  }

  .screen h1 {
    max-inline-size: 24em;
    margin: 0;
    font-size: clamp(1.375em, 4cqi, 2em);
    font-weight: 650;
    line-height: 1.2;
  }

  .screen p {
    max-inline-size: 34em;
    margin: 0;
    color: var(--_text-muted);
    overflow-wrap: anywhere;
  }

  .screen .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 10px;
    margin-block-start: 8px;
  }

  .pulse {
    inline-size: 56px;
    block-size: 56px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--_accent), transparent 65%);
    animation: pulse 1.8s ease-in-out infinite;
  }

  @keyframes pulse {
    50% {
      transform: scale(1.25);
      opacity: 0.5;
    }
  }
`;
