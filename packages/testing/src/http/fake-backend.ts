import { InvalidRequestError, NotFoundError, type RtcApi } from '@parley-rtc/client';
import { LOBBY_KEY, readProfile, type PermissionChanges } from '@parley-rtc/contract';
import { FakeServer } from '../server/fake-server.ts';
import { Accounts, type FakeUser } from './accounts.ts';
import { FakeNetwork } from './fake-network.ts';
import { KeepAlives } from './keep-alives.ts';
import { isReserved } from './route-of.ts';

interface TicketProperties {
  readonly moderator?: boolean;
  readonly permissions?: PermissionChanges;
  readonly verified?: unknown;
}

/** A server with many conferences, its accounts, and the network in front of it. All of it is in memory. */
export class FakeBackend {
  readonly accounts: Accounts = new Accounts();
  readonly network: FakeNetwork = new FakeNetwork();
  readonly keepAlives: KeepAlives = new KeepAlives((endpointId) => this.dropEndpoint(endpointId));
  readonly #rooms = new Map<string, FakeServer>();
  readonly #creations = new Map<string, string>();
  readonly #endpoints = new Set<string>();
  readonly #owners = new Map<string, string>();
  /** Who has logged in with each ticket. */
  readonly #holders = new Map<string, readonly string[]>();
  /** Answers requests for conferences that do not exist. */
  readonly #nowhere: FakeServer;
  #lastId = 0;
  /** How long polls without events are held in new conferences; undefined for as long as usual. */
  holdMs: number | undefined;

  constructor() {
    this.#nowhere = new FakeServer('nowhere', { endpoints: this.#endpoints });
    this.#nowhere.conference = undefined;
  }

  get rooms(): readonly FakeServer[] {
    return [...this.#rooms.values()];
  }

  /** The conference with this id, or one that was forgotten. */
  room(conferenceId: string): FakeServer {
    return this.#rooms.get(conferenceId) ?? this.#nowhere;
  }

  /** The API of one conference for a user. */
  api(conferenceId: string, userId: string): RtcApi {
    return this.room(conferenceId).api(userId);
  }

  /** Creates a conference. The same command of the same user again returns the one that exists. */
  create(user: FakeUser, command: Parameters<RtcApi['create']>[0]): FakeServer {
    const { conferenceId = this.newId('conference'), mode = 'ROUTER', metadata = {}, lobby } = command;
    if (mode !== 'ROUTER' || isReserved(conferenceId)) refuseCreation('invalid_request');
    const creation = JSON.stringify([user.userId, command]);
    const known = this.#rooms.get(conferenceId);
    if (known && this.#creations.get(conferenceId) !== creation) refuseCreation('already_exists');
    if (known) return known;
    const { interactionId, creatorEndpoint: userEndpointId } = command;
    const created = {
      userId: user.userId,
      organizationId: 'fake',
      metadata: lobby === true ? { ...metadata, [LOBBY_KEY]: '{}' } : metadata,
      ...(interactionId !== undefined && { interactionId }),
      ...(userEndpointId !== undefined && { userEndpointId }),
    };
    const room = new FakeServer(conferenceId, { endpoints: this.#endpoints, created });
    room.hasPush = true;
    room.entersAtOnce = true;
    room.hasModeration = true;
    room.polls.holdMs = this.holdMs ?? room.polls.holdMs;
    this.#rooms.set(conferenceId, room);
    this.#creations.set(conferenceId, creation);
    room.moderation.permit(user.userId, { moderate: true, record: true });
    return room;
  }

  newId(prefix: string): string {
    this.#lastId += 1;
    return `${prefix}-${this.#lastId}`;
  }

  /** Whether a moderator has banned the user of a ticket. */
  isBanned({ userId, conferenceId, ticketId = '' }: FakeUser): boolean {
    if (conferenceId === undefined) return false;
    const { bannedUsers } = this.room(conferenceId).moderation;
    // Each login with a ticket may be a user of its own.
    return [userId, ...(this.#holders.get(ticketId) ?? [])].some((one) => bannedUsers.has(one));
  }

  /** Gives the holder of a ticket what the ticket says. */
  welcome({ userId, ticketId = '', conferenceId = '' }: FakeUser): void {
    const { properties = {} } = (this.accounts.ticket(ticketId)?.command ?? {}) as {
      readonly properties?: TicketProperties;
    };
    this.#holders.set(ticketId, [...(this.#holders.get(ticketId) ?? []), userId]);
    const { moderation } = this.room(conferenceId);
    const { moderator, permissions, verified } = properties;
    if (moderator === true) moderation.permit(userId, { moderate: true });
    if (permissions) moderation.permit(userId, permissions);
    const profile = readProfile(verified);
    if (profile) moderation.verified.set(userId, profile);
  }

  /** Whether the endpoint belongs to another user. */
  isForeign(endpointId: string, userId: string): boolean {
    const owner = this.#owners.get(endpointId);
    return owner !== undefined && owner !== userId;
  }

  register(endpointId: string, userId: string, keepAliveSeconds: number): void {
    this.#endpoints.add(endpointId);
    this.#owners.set(endpointId, userId);
    this.keepAlives.register(endpointId, keepAliveSeconds);
  }

  /** Removes an endpoint from the server and from all conferences. */
  dropEndpoint(endpointId: string): void {
    this.#endpoints.delete(endpointId);
    this.#owners.delete(endpointId);
    this.keepAlives.forget(endpointId);
    for (const room of this.rooms) room.removeEndpoint(endpointId);
  }

  requireEndpoint(endpointId: string): void {
    if (this.#endpoints.has(endpointId)) return;
    throw new NotFoundError({ operation: 'keepAliveUserEndpoint', status: 404, serverError: 'not_found' });
  }

  close(): void {
    this.keepAlives.close();
    for (const room of this.rooms) {
      room.wake();
      room.breakPushes();
      room.moderation.forgetGuests();
    }
  }
}

function refuseCreation(error: string): never {
  throw new InvalidRequestError({ operation: 'create', status: 400, serverError: error });
}
