/** What some roles may do beyond what every member of an organisation may. `auth/rights.ts` says who. */
export type Right =
  | 'create-conference'
  | 'list-conferences'
  | 'end-any-conference'
  | 'set-any-interaction'
  | 'send-event'
  | 'name-organization'
  | 'manage-tickets';

/** Who makes a request, as the access token tells. */
export interface Actor {
  readonly userId: string;
  readonly organizationId: string;
  readonly rights: ReadonlySet<Right>;
  /** When the token stops to serve, in milliseconds since 1970. */
  readonly tokenExpiresAtMs?: number;
  /** The one conference a ticket holder may act in; absent for everybody else. */
  readonly conferenceId?: string;
}
