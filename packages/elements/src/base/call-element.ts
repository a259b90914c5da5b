import { ContextConsumer } from '@lit/context';
import type { Conference } from '@parley-rtc/sdk';
import type { PropertyDeclarations } from 'lit';
import { callOf, type Call } from '../stores/call-of.ts';
import { conferenceContext } from './contexts.ts';
import { ParleyElement } from './parley-element.ts';

/** What the parts of a call share: their conference, by property or from an element around them. */
export abstract class CallElement extends ParleyElement {
  static override properties: PropertyDeclarations = { conference: { attribute: false } };

  /** The conference that it shows. Default: that of the `parley-conference` or `parley-call` around it. */
  declare conference: Conference | undefined;

  readonly #around = new ContextConsumer(this, { context: conferenceContext, subscribe: true });

  /** The conference to show; undefined as long as there is none. */
  protected get currentConference(): Conference | undefined {
    return this.conference ?? this.#around.value;
  }

  /** The stores of the conference to show. */
  protected get call(): Call | undefined {
    return this.currentConference && callOf(this.currentConference);
  }
}
