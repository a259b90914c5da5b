import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from '@angular/core';
import '@parley-rtc/elements/call';

/** Where the call is, and the right to join it, from the back end. */
interface Invitation {
  server: string;
  ticket: string;
}

@Component({
  selector: 'app-call',
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    @if (invitation(); as invited) {
      <parley-call [server]="invited.server" [ticket]="invited.ticket" (parley-ended)="sayGoodbye()">
        <p slot="lobby">Your adviser is waiting.</p>
      </parley-call>
    }
  `,
})
export class CallComponent {
  readonly invitation = signal<Invitation | undefined>(undefined);

  constructor() {
    void this.invite();
  }

  sayGoodbye(): void {
    document.title = 'Goodbye';
  }

  private async invite(): Promise<void> {
    const answer = await fetch(`/ticket${location.search}`, { method: 'POST' });
    this.invitation.set(await answer.json());
  }
}
