import type { FakeServer } from '../server/fake-server.ts';

/** Someone in the waiting room of a fake conference. */
export class FakeGuest {
  /** The id by which a moderator decides, as in `WaitingGuest.id`. */
  readonly id: string;
  readonly name: string;
  readonly #server: FakeServer;

  /** @internal Use `FakeRoom.knock`. */
  constructor(server: FakeServer, name: string, userId: string = name.toLowerCase()) {
    this.#server = server;
    this.name = name;
    this.id = server.newId('endpoint-');
    server.endpoints.add(this.id);
    server.moderation.wait({ userEndpointId: this.id, userId, name });
  }

  /** What a moderator decided; undefined while the guest waits. */
  get decision(): 'ADMITTED' | 'DENIED' | 'EXPIRED' | undefined {
    return this.#server.moderation.decisionOn(this.id)?.decision;
  }

  /** Stops waiting. */
  leave(): void {
    this.#server.moderation.cancel(this.id);
  }
}
