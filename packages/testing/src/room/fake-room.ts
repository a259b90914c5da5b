import {
  LOBBY_KEY,
  LOCKED_KEY,
  type ConferenceState,
  type JsonObject,
  type PermissionChanges,
} from '@parley-rtc/contract';
import type { JoinOptions } from '@parley-rtc/sdk';
import { FakeBrowser } from '../browser/fake-browser.ts';
import type { FakeMediaDevices } from '../browser/fake-media-devices.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { runFaultPlan, type FaultRun, type FaultRunOptions } from '../faults/run-fault-plan.ts';
import { FakeBackend } from '../http/fake-backend.ts';
import { interceptFetch } from '../http/intercept-fetch.ts';
import { serve } from '../http/serve.ts';
import type { FakeServer } from '../server/fake-server.ts';
import { FakeGuest } from './fake-guest.ts';
import { FakeParticipant, type FakePerson } from './fake-participant.ts';
import { roomFaults } from './room-faults.ts';

/** What a fake conference begins with. */
export interface FakeRoomOptions {
  /** Default: one for each room. */
  readonly conferenceId?: string;
  /** Metadata of the conference. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Who is inside from the beginning. */
  readonly people?: readonly FakePerson[];
  /** Ourselves: the user whose ticket the room has. Default: an ordinary participant named "Me". */
  readonly me?: Partial<FakePerson>;
}

/** Credentials for the fake server, for whoever joins by themselves. */
export interface FakeInvitation {
  readonly server: string;
  readonly conferenceId: string;
  readonly ticket: string;
}

let rooms = 0;

/**
 * A conference in memory, with a server address that the page's `fetch` answers. Other participants do what you tell them;
 * devices and peer connections are replaced while the room is open. Close it after each test.
 */
export class FakeRoom implements AsyncDisposable {
  /** The address of the server, which `fetch` knows while the room is open. */
  readonly server: string;
  readonly conferenceId: string;
  /** Our own ticket, as for `redeemTicket` or the attribute `ticket` of `<parley-call>`. */
  readonly ticket: string;
  /** Our own cameras, microphones and speakers. */
  readonly devices: FakeMediaDevices;
  readonly #browser: FakeBrowser;
  readonly #backend: FakeBackend;
  readonly #room: FakeServer;
  readonly #stopIntercepting: () => void;
  readonly #token: string;
  readonly #metadata: JsonObject;
  #people: readonly FakeParticipant[] = [];
  readonly #runs = new Set<FaultRun>();
  #isClosed = false;

  constructor({ conferenceId, metadata = {}, people = [], me = {} }: FakeRoomOptions = {}) {
    rooms += 1;
    this.server = `https://fake-${rooms}.parley.invalid`;
    this.conferenceId = conferenceId ?? `fake-room-${rooms}`;
    this.ticket = `fake-ticket-${rooms}`;
    this.#browser = FakeBrowser.use();
    this.devices = this.#browser.devices;
    this.#backend = new FakeBackend();
    const system = { userId: 'system', isService: true };
    this.#room = this.#backend.create(system, { conferenceId: this.conferenceId, metadata });
    const { name = 'Me', userId = 'me', permissions, metadata: about = {} } = me;
    const user = { userId, conferenceId: this.conferenceId };
    this.#metadata = { name, ...about };
    if (permissions) this.#room.moderation.permit(userId, permissions);
    this.#backend.accounts.addTicket({ id: this.ticket, ...user });
    this.#token = this.#backend.accounts.issue(user);
    this.#stopIntercepting = interceptFetch(this.server, serve(this.#backend));
    for (const person of people) this.join(person);
  }

  /** What `Conference.join` needs to join as ourselves. */
  get joinOptions(): Pick<JoinOptions, 'server' | 'conferenceId' | 'token' | 'metadata'> {
    const { server, conferenceId } = this;
    return { server, conferenceId, token: this.#token, metadata: this.#metadata };
  }

  /** The participants who joined with `join`, also those who have left. */
  get people(): readonly FakeParticipant[] {
    return this.#people;
  }

  /** The conference as the server has it; undefined once it has forgotten it. */
  get state(): ConferenceState | undefined {
    return this.#room.conference;
  }

  /** Lets a participant join. */
  join(person: FakePerson): FakeParticipant {
    const participant = new FakeParticipant({ server: this.#room, links: this.#browser.links }, person);
    this.#people = [...this.#people, participant];
    return participant;
  }

  /** Lets a guest wait to be admitted. Opens the waiting room if it is closed. */
  knock({ name, userId }: Pick<FakePerson, 'name' | 'userId'>): FakeGuest {
    if (!(LOBBY_KEY in (this.#room.conference?.metadata ?? {}))) this.openWaitingRoom();
    return new FakeGuest(this.#room, name, userId);
  }

  /** Makes whoever comes from now on wait until a moderator admits them. */
  openWaitingRoom(message?: string): void {
    this.#set(LOBBY_KEY, JSON.stringify(message === undefined ? {} : { message }));
  }

  /** Lets nobody in from now on. */
  lock(): void {
    this.#set(LOCKED_KEY, 'true');
  }

  /** A ticket for another user. */
  invite(user: { readonly userId: string; readonly permissions?: PermissionChanges }): FakeInvitation {
    const { server, conferenceId } = this;
    const ticket = this.#backend.newId('ticket');
    this.#backend.accounts.addTicket({ id: ticket, userId: user.userId, conferenceId });
    if (user.permissions) this.#room.moderation.permit(user.userId, user.permissions);
    return { server, conferenceId, ticket };
  }

  /** Sets an entry of the conference's metadata, as another participant does. */
  setMetadata(key: string, value: string): void {
    this.#set(key, value);
  }

  /** Starts recording on the server. */
  startRecording(): void {
    this.#room.recordingId ??= this.#room.newId('recording-');
    this.#set(`RECORDER/server/${this.#room.recordingId}`, '{"on":true}');
  }

  stopRecording(): void {
    const { recordingId } = this.#room;
    if (recordingId === undefined) return;
    this.#room.recordingId = undefined;
    const key = `RECORDER/server/${recordingId}`;
    this.#room.append({ type: 'ConferenceMetadataUpdatedEvent', ...system, operation: 'REMOVE', key });
  }

  /** Ends the conference for all. */
  end(reason?: string): void {
    this.#room.append({ type: 'ConferenceEndedEvent', ...system, ...(reason !== undefined && { reason }) });
  }

  /** Takes our own network away: requests fail, events and media stop. */
  loseNetwork(): void {
    this.#backend.network.isLost = true;
    this.#browser.links.setNetworkLost(true);
    this.#browser.online.set(false);
    this.#room.breakPushes();
    this.#room.breakPolls();
  }

  restoreNetwork(): void {
    this.#backend.network.isLost = false;
    this.#browser.links.setNetworkLost(false);
    this.#browser.online.set(true);
  }

  /**
   * Lets a fault plan happen. It runs with `setTimeout`: with the fake timers of your test runner, it takes no time.
   *
   * @throws FaultPlanError (`ERR_FAULT_PLAN`) for a plan that is not valid.
   */
  runFaults(plan: FaultPlan, options?: FaultRunOptions): FaultRun {
    const run = runFaultPlan(
      plan,
      roomFaults({
        browser: this.#browser,
        backend: this.#backend,
        server: this.#room,
        loseNetwork: () => this.loseNetwork(),
        restoreNetwork: () => this.restoreNetwork(),
      }),
      options,
    );
    this.#runs.add(run);
    return run;
  }

  /** Closes the room and restores the page. Conferences that joined it should have left before. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const run of this.#runs) run.stop();
    this.restoreNetwork();
    await this.leave();
    for (const participant of this.#people) participant.close();
    this.#backend.close();
    this.#stopIntercepting();
    FakeBrowser.release();
  }

  /** Leaves what we have joined. */
  protected async leave(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #set(key: string, value: string): void {
    this.#room.append({ type: 'ConferenceMetadataUpdatedEvent', ...system, operation: 'SET', key, value });
    this.#room.moderation.change();
  }
}

const system = { userId: 'system', userEndpointId: 'system' };
