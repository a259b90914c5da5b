import {
  findParticipant,
  type JsonObject,
  type Participant,
  type PermissionChanges,
  type StreamType,
} from '@parley-rtc/contract';
import type { MessagePayload } from '@parley-rtc/sdk';
import type { MediaLinks } from '../browser/media-links.ts';
import { generateMedia } from '../media/generate-media.ts';
import type { FakeMedia } from '../media/stream-media.ts';
import type { FakeServer } from '../server/fake-server.ts';

/** Who joins a fake conference. */
export interface FakePerson {
  /** The name that others see, as `metadata.name`. */
  readonly name: string;
  /** Default: the name in lower case. Two participants with the same user id are one person with two devices. */
  readonly userId?: string;
  /** More about the participant, beside the name. */
  readonly metadata?: JsonObject;
  /** What the participant may do, beyond publishing, viewing and sending. */
  readonly permissions?: PermissionChanges;
}

/** What to publish. Camera and microphone together are one stream. */
export interface FakeSources {
  readonly camera?: boolean;
  readonly microphone?: boolean;
  /** A shared screen, which is a stream of its own. */
  readonly screen?: boolean;
}

/** What a participant needs of its conference. */
export interface Surroundings {
  readonly server: FakeServer;
  readonly links: MediaLinks;
}

interface Published {
  readonly id: string;
  readonly type: StreamType;
  readonly media: FakeMedia;
}

/** How long the server waits for a silent participant, in milliseconds. */
const sickAfterMs = 10_000;
const droppedAfterMs = 40_000;

/** Another participant of a fake conference, whom a test or a page moves. */
export class FakeParticipant {
  /** The id that the conference knows, as in `Participant.id`. */
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly #surroundings: Surroundings;
  #published: readonly Published[] = [];
  #isSpeaking = false;
  #timers: readonly ReturnType<typeof setTimeout>[] = [];

  /** @internal Use `FakeRoom.join`. */
  constructor(surroundings: Surroundings, person: FakePerson) {
    const { server } = surroundings;
    const { name, userId = name.toLowerCase(), metadata = {}, permissions } = person;
    this.#surroundings = surroundings;
    this.name = name;
    this.userId = userId;
    this.id = server.newId('endpoint-');
    if (permissions) server.moderation.permit(userId, permissions);
    server.endpoints.add(this.id);
    server.append({
      type: 'ConferenceJoinedEvent',
      ...this.#self,
      metadata: { name, ...metadata },
      ...(server.hasModeration && { permissions: server.moderation.permissionsOf(userId) }),
    });
    server.moderation.formerUsers.add(userId);
    server.messages.onJoined(this.id);
  }

  /** The participant as the conference has it; undefined once it has left or was removed. */
  get state(): Participant | undefined {
    const { conference } = this.#surroundings.server;
    return conference && findParticipant(conference, this.id);
  }

  /** The ids of the streams that it publishes. */
  get streamIds(): readonly string[] {
    return this.state?.streams.map(({ id }) => id) ?? [];
  }

  /** Publishes a stream, or two with a screen. Returns their ids. Does nothing that the permissions forbid. */
  publish(sources: FakeSources): readonly string[] {
    const { camera = false, microphone = false, screen = false } = sources;
    const type = camera ? (microphone ? 'MIC_AND_CAM' : 'CAM') : 'MIC';
    return [
      ...(camera || microphone ? [this.#publish(type, { audio: microphone, video: camera })] : []),
      ...(screen ? [this.#publish('SCREEN', { audio: false, video: true })] : []),
    ];
  }

  /** Ends one stream, or all of them. */
  unpublish(streamId?: string): void {
    const { server } = this.#surroundings;
    for (const { id, type } of this.state?.streams ?? []) {
      if (streamId === undefined || streamId === id) server.unpublish(this.#self, id, type);
    }
    this.#forgetMedia((id) => streamId === undefined || streamId === id);
  }

  /** Starts or stops speaking. The SDK notices after some tenths of a second, as in a call. */
  speak(isSpeaking: boolean = true): void {
    this.#isSpeaking = isSpeaking;
    for (const { media } of this.#published) media.setSpeaking(isSpeaking);
  }

  /** Mutes the audio or the video of all its streams except screens. */
  mute(kind: 'audio' | 'video'): void {
    this.#setMuted(kind, true);
  }

  unmute(kind: 'audio' | 'video'): void {
    this.#setMuted(kind, false);
  }

  /** Sends a message to all participants, or to those whose ids are in `to`. */
  send(topic: string, payload: MessagePayload, { to }: { readonly to?: readonly string[] } = {}): void {
    const { server } = this.#surroundings;
    const message = { id: server.newId('message-'), topic, payload, ...(to && { to: [...to] }) };
    server.messages.send(this.#self, [message], new Date().toISOString());
    server.tellMessages();
  }

  /** Raises the hand, as the elements show it. */
  raiseHand(): void {
    this.setMetadata({ ...this.#metadata, isHandRaised: true, handRaisedAt: new Date().toISOString() });
  }

  lowerHand(): void {
    const { isHandRaised: _, handRaisedAt: __, ...others } = this.#metadata;
    this.setMetadata(others);
  }

  /** Replaces what the participant says about itself. */
  setMetadata(newMetadata: JsonObject): void {
    const { server } = this.#surroundings;
    server.append({ type: 'ConferenceParticipantMetadataUpdatedEvent', ...this.#self, newMetadata });
  }

  /** Removes another participant, as a moderator does. Rejects with `ForbiddenError` without the permission `moderate`. */
  async remove(
    participantId: string,
    { reason, ban }: { readonly reason?: string; readonly ban?: boolean } = {},
  ): Promise<void> {
    await this.#api.removeParticipant({
      ...this.#about,
      participantId,
      ...(reason !== undefined && { reason }),
      ...(ban !== undefined && { ban }),
    });
  }

  /** Mutes another participant, as a moderator does. Rejects with `ForbiddenError` without the permission `moderate`. */
  async muteParticipant(participantId: string, kind: 'audio' | 'video'): Promise<void> {
    await this.#api.muteParticipant({ ...this.#about, participantId, kind });
  }

  /** Changes what another participant may do. Rejects with `ForbiddenError` without the permission `moderate`. */
  async setPermissions(participantId: string, permissions: PermissionChanges): Promise<void> {
    await this.#api.updatePermissions({ ...this.#about, participantId, permissions });
  }

  /**
   * Loses the network: the video freezes, after 10 s the server calls the participant `SICK`, and after 40 s it is gone, unless
   * `restoreNetwork` comes before.
   */
  loseNetwork(): void {
    for (const { media } of this.#published) media.setFrozen(true);
    this.#stopTimers();
    this.#timers = [
      setTimeout(() => this.#setHealth('SICK'), sickAfterMs),
      setTimeout(() => this.leave(), droppedAfterMs),
    ];
  }

  restoreNetwork(): void {
    this.#stopTimers();
    for (const { media } of this.#published) media.setFrozen(false);
    this.#setHealth('HEALTHY');
  }

  /** Leaves the conference. Does nothing if it has left. */
  leave(reason?: string): void {
    const { server } = this.#surroundings;
    this.#stopTimers();
    server.removeEndpoint(this.id, reason);
    server.endpoints.delete(this.id);
    this.#forgetMedia(() => true);
  }

  /** @internal Stops what it does by itself. */
  close(): void {
    this.#stopTimers();
    this.#forgetMedia(() => true);
  }

  get #self(): { readonly userId: string; readonly userEndpointId: string } {
    return { userId: this.userId, userEndpointId: this.id };
  }

  get #about(): { readonly conferenceId: string; readonly userEndpointId: string } {
    return { conferenceId: this.#surroundings.server.conference?.id ?? '', userEndpointId: this.id };
  }

  get #api(): ReturnType<FakeServer['api']> {
    return this.#surroundings.server.api(this.userId);
  }

  get #metadata(): JsonObject {
    return this.state?.metadata ?? {};
  }

  #publish(streamType: StreamType, kinds: { readonly audio: boolean; readonly video: boolean }): string {
    const { server, links } = this.#surroundings;
    const streamId = server.newId('stream-');
    const source = streamType === 'SCREEN' ? 'screen' : 'camera';
    const media = generateMedia({ name: this.name, source, ...kinds });
    media.setSpeaking(this.#isSpeaking);
    links.media.set(streamId, media);
    this.#published = [...this.#published, { id: streamId, type: streamType, media }];
    const published = { streamId, streamType, metadata: {}, videoBitrate: 0 };
    server.append({ type: 'ConferenceStreamPublishedEvent', ...this.#self, ...published });
    return streamId;
  }

  #setMuted(kind: 'audio' | 'video', isMuted: boolean): void {
    for (const { id, type, media } of this.#published) {
      if (type === 'SCREEN' || !media[kind]) continue;
      media.setMuted(kind, isMuted);
      const key = `TRACK_MUTED/${kind}/${id}`;
      const isKnown = key in (this.#surroundings.server.conference?.metadata ?? {});
      if (isKnown === isMuted) continue;
      const change = isMuted ? { operation: 'SET', key, value: 'true' } : { operation: 'REMOVE', key };
      this.#surroundings.server.append({ type: 'ConferenceMetadataUpdatedEvent', ...this.#self, ...change });
    }
  }

  #setHealth(state: 'HEALTHY' | 'SICK'): void {
    const { server } = this.#surroundings;
    if (!this.state || this.state.state === state) return;
    server.append({ type: 'ConferenceParticipantStateChangedEvent', ...this.#self, state });
  }

  #forgetMedia(isOver: (streamId: string) => boolean): void {
    for (const { id, media } of this.#published) {
      if (!isOver(id)) continue;
      media.stop();
      this.#surroundings.links.media.delete(id);
    }
    this.#published = this.#published.filter(({ id }) => !isOver(id));
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
