import { ContextProvider } from '@lit/context';
import type { Conference } from '@parley-rtc/sdk';
import {
  css,
  html,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { conferenceContext, textsContext } from '../base/contexts.ts';
import { define } from '../base/define.ts';
import { ParleyElement } from '../base/parley-element.ts';

/**
 * Gives all parts inside it their conference, and their texts if the page replaces some. Shows nothing itself.
 *
 * @slot - Parts of a call, and anything else.
 */
export class ParleyConference extends ParleyElement {
  static override properties: PropertyDeclarations = { conference: { attribute: false } };
  static override styles: CSSResultGroup = css`
    :host {
      display: contents;
    }
  `;

  /** The conference of the parts inside. */
  declare conference: Conference | undefined;

  readonly #conference = new ContextProvider(this, { context: conferenceContext });
  readonly #texts = new ContextProvider(this, { context: textsContext });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('conference')) this.#conference.setValue(this.conference);
    if (changed.has('texts')) this.#texts.setValue(this.texts);
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

define('parley-conference', ParleyConference);

declare global {
  interface HTMLElementTagNameMap {
    'parley-conference': ParleyConference;
  }
}
