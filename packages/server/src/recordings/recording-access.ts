import type { Recording } from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import { requireTicketFor } from '../conferences/rules/preconditions.ts';
import type { Standing } from '../conferences/rules/standing.ts';
import { RefusalError } from '../refusal.ts';
import type { RecordingArchive } from './recording-archive.ts';
import { recordingOf, type StoredRecording } from './stored-recording.ts';

/** What moderators decided about an actor in a conference, while it exists. */
type DecidedAbout = (conferenceId: string, actor: Actor) => Pick<Standing, 'permissions' | 'isBanned'>;

/** Recordings for those who may read and delete them: the conference's creator, and who may record. */
export class RecordingAccess {
  readonly #archive: RecordingArchive | undefined;
  readonly #decided: DecidedAbout;

  /** Without an archive there are no recordings. `decided` is what moderators decided about an actor. */
  constructor(archive: RecordingArchive | undefined, decided: DecidedAbout) {
    this.#archive = archive;
    this.#decided = decided;
  }

  /** The recordings of a conference, oldest first. */
  list(conferenceId: string, actor: Actor): readonly Recording[] {
    requireTicketFor(actor, conferenceId);
    const recordings = this.#archive?.of(conferenceId) ?? [];
    const own = recordings.filter(({ organizationId }) => organizationId === actor.organizationId);
    for (const recording of own) this.#requireMayRead(recording, actor);
    return own.map(recordingOf);
  }

  get(recordingId: string, actor: Actor): Recording {
    return recordingOf(this.#require(recordingId, actor));
  }

  /** The path of a file. The name is not used for it, only compared with those in the manifest. */
  pathOf(
    recordingId: string,
    name: string,
    actor: Actor,
  ): { readonly folder: string; readonly name: string } {
    const { streams } = this.#require(recordingId, actor);
    const file = streams.flatMap(({ files }) => files).find((one) => one.name === name);
    if (!file || !this.#archive) {
      throw new RefusalError(
        'not_found',
        'The recording has no such file. Read its manifest to see the names.',
      );
    }
    return { folder: this.#archive.pathOf(recordingId), name: file.name };
  }

  async delete(recordingId: string, actor: Actor): Promise<void> {
    const { state } = this.#require(recordingId, actor);
    if (state === 'recording') {
      throw new RefusalError(
        'invalid_request',
        'The recording is still running. Stop it before you delete it.',
      );
    }
    await this.#archive?.remove(recordingId);
  }

  #require(recordingId: string, actor: Actor): StoredRecording {
    const recording = this.#archive?.get(recordingId);
    if (!recording || recording.organizationId !== actor.organizationId) {
      throw new RefusalError('not_found', 'There is no such recording, or it was deleted.');
    }
    requireTicketFor(actor, recording.conferenceId);
    this.#requireMayRead(recording, actor);
    return recording;
  }

  #requireMayRead(recording: StoredRecording, actor: Actor): void {
    requireMayRead(recording, actor, this.#decided(recording.conferenceId, actor));
  }
}

/** A ticket permits this for its own conference only, not for another that had its id. */
function requireMayRead(
  { creator, conferenceInstance }: StoredRecording,
  actor: Actor,
  { permissions, isBanned }: ReturnType<DecidedAbout>,
): void {
  const isCreator = actor.realm !== 'ticket' && actor.userId === creator;
  const isOfConference =
    actor.realm !== 'ticket' ||
    (actor.conferenceInstance !== undefined && actor.conferenceInstance === conferenceInstance);
  const mayRecord = (permissions ?? actor.permissions)?.record ?? actor.rights.has('record');
  if (isCreator || (mayRecord && isOfConference && !isBanned)) return;
  throw new RefusalError(
    'forbidden',
    `Only the conference's creator, and who may record, may read its recordings. Use a token with the permission "record".`,
  );
}
