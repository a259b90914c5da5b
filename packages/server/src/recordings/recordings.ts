import {
  findStream,
  type ConferenceEvent,
  type ConferenceState,
  type Recording,
  type RecordingEndReason,
  type StartRecordingCommand,
  type StartRecordingResult,
  type StopRecordingCommand,
} from '@parley-rtc/contract';
import type { Actor } from '../actor.ts';
import type { Clock } from '../clock.ts';
import type { Conferences } from '../conferences/conferences.ts';
import { endRecording, startRecording, stopRecording } from '../conferences/recording/record-conference.ts';
import { ownRecorderPrefix } from '../conferences/rules/conventions.ts';
import { machineClockMs } from '../machine-clock.ts';
import { MediaError, type MediaRouter, type RecorderReport } from '../media/media-router.ts';
import { RefusalError } from '../refusal.ts';
import type { Publications } from '../streams/publications.ts';
import { completeFile } from './complete-interrupted.ts';
import type { RecordingArchive } from './recording-archive.ts';
import { RunningRecording, type RunningStream } from './running-recording.ts';
import type { StoredRecording } from './stored-recording.ts';

/** What {@link Recordings} needs. */
export interface RecordingsOptions {
  readonly conferences: Conferences;
  readonly publications: Pick<Publications, 'find' | 'in'>;
  readonly mediaRouter: Pick<MediaRouter, 'record' | 'stopRecording' | 'onRecorded'>;
  /** Undefined if this server does not record. */
  readonly archive: RecordingArchive | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/** How long recorders may take to complete their files. */
const completionDeadlineMs = 10_000;

/** Files say themselves how long they are, so the manifest of a killed server may be this old. */
const saveIntervalMs = 5_000;

/**
 * Recordings in progress. A metadata entry of the conference says that one runs, and the conference's events move it:
 * the entry's removal and the conference's end stop it, published streams join it.
 */
export class Recordings {
  readonly #options: RecordingsOptions;
  readonly #running = new Map<string, RunningRecording>();
  readonly #starting = new Map<string, Promise<RunningRecording>>();
  readonly #ending = new Map<RunningRecording, Promise<void>>();

  constructor(options: RecordingsOptions) {
    this.#options = options;
    options.conferences.onEvents((events) => {
      for (const event of events) this.#follow(event);
    });
    options.mediaRouter.onRecorded((report) => {
      this.#take(report).catch(options.onError);
    });
  }

  /** Starts a recording, or returns the one that runs. */
  async start(command: StartRecordingCommand, actor: Actor): Promise<StartRecordingResult> {
    const { conferenceId } = command;
    const { conferences } = this.#options;
    const recordingId = this.#options.newId();
    await conferences.rehearse(conferenceId, actor, (state, context) =>
      startRecording(state, { ...command, recordingId }, context),
    );
    // Without an await in between, so that two starts at the same time are one.
    const running = this.#running.get(conferenceId);
    const known = this.#starting.get(conferenceId) ?? (running && Promise.resolve(running));
    if (known) return resultOf((await known).manifest);
    const starting = this.#start({ ...command, recordingId }, actor);
    this.#starting.set(conferenceId, starting);
    try {
      return resultOf((await starting).manifest);
    } finally {
      this.#starting.delete(conferenceId);
    }
  }

  /** Stops the recording; resolves when its files are complete. Refuses with `not_found` if none runs. */
  async stop(command: StopRecordingCommand, actor: Actor): Promise<void> {
    const running = this.#running.get(command.conferenceId);
    await this.#options.conferences.perform(command.conferenceId, actor, (state, context) =>
      stopRecording(state, command, context),
    );
    if (running) await this.#ending.get(running);
  }

  /** Ends all recordings; resolves when their files are complete. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#starting.values());
    for (const running of this.#running.values()) void this.#end(running, 'server_stopped');
    await Promise.all(this.#ending.values());
  }

  async #start(
    command: StartRecordingCommand & { readonly recordingId: string },
    actor: Actor,
  ): Promise<RunningRecording> {
    const { conferences, archive, publications, clock } = this.#options;
    const { conferenceId, recordingId, userEndpointId } = command;
    if (!archive) {
      throw new RefusalError(
        'recording_unavailable',
        'This server does not record: its operator must set PARLEY_RECORDING_DIR.',
      );
    }
    archive.requireRoom();
    if (publications.in(conferenceId).some(({ isEncrypted }) => isEncrypted)) {
      throw new RefusalError(
        'media_encrypted',
        "A stream of this conference is end-to-end encrypted, so the server cannot record. Record on a participant's device instead.",
      );
    }
    const state = await conferences.get(conferenceId, actor);
    const instance = await conferences.instanceOf(conferenceId);
    const startedAtMs = machineClockMs();
    const base: StoredRecording = {
      version: 1,
      recordingId,
      conferenceId,
      organizationId: state.organizationId ?? '',
      state: 'recording',
      startedAt: new Date(clock.now()).toISOString(),
      startedBy: { userId: actor.userId, userEndpointId },
      bytes: 0,
      streams: [],
      creator: state.creator,
      conferenceInstance: instance?.id,
    };
    await archive.create(base);
    const running = new RunningRecording(base, startedAtMs);
    // Before the announcement, so that no stream is missed that is published after it.
    this.#running.set(conferenceId, running);
    try {
      const announced = await conferences.perform(conferenceId, actor, (current, context) =>
        startRecording(current, command, context),
      );
      this.#recordAll(running, announced);
      await archive.write(running.manifest);
      return running;
    } catch (error) {
      this.#running.delete(conferenceId);
      for (const { streamKey } of running.streams) this.#options.mediaRouter.stopRecording(streamKey);
      await archive.remove(recordingId);
      throw error;
    }
  }

  #follow(event: ConferenceEvent): void {
    const running = 'conferenceId' in event ? this.#running.get(event.conferenceId) : undefined;
    if (!running) return;
    switch (event.type) {
      case 'ConferenceStreamPublishedEvent':
        this.#recordLater(running, event.streamId).catch(this.#options.onError);
        break;
      case 'ConferenceMetadataUpdatedEvent': {
        const isOurs = event.key === `${ownRecorderPrefix}${running.recordingId}`;
        const { userId, userEndpointId } = event;
        if (isOurs && event.operation === 'REMOVE')
          void this.#end(running, 'stopped', { userId, userEndpointId });
        break;
      }
      case 'ConferenceEndedEvent':
        void this.#end(running, 'conference_ended');
        break;
      default:
    }
  }

  async #recordLater(running: RunningRecording, streamId: string): Promise<void> {
    const state = await this.#options.conferences.find(running.conferenceId);
    if (!state || this.#running.get(running.conferenceId) !== running) return;
    this.#recordStream(running, state, streamId);
    await this.#save(running);
  }

  #recordAll(running: RunningRecording, state: ConferenceState): void {
    for (const { streams } of state.participants) {
      for (const { id } of streams) this.#recordStream(running, state, id);
    }
  }

  #recordStream(running: RunningRecording, state: ConferenceState, streamId: string): void {
    const { publications, mediaRouter, archive } = this.#options;
    const found = findStream(state, streamId);
    if (!found || !archive || running.has(streamId)) return;
    const { stream, participant } = found;
    const key = running.keyOf(streamId);
    const publication = publications.find(key);
    if (!publication) return;
    const { streamKey, recorderId } = running.add(stream, participant, publication.isEncrypted);
    if (recorderId === undefined) return;
    try {
      mediaRouter.record({
        streamKey,
        recorderId,
        namePrefix: `${running.streams.length}`,
        folder: archive.pathOf(running.recordingId),
        startedAtMs: running.startedAtMs,
      });
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      // The stream ended in the meantime.
      void this.#take({ recorderId, files: [], isEnded: true }).catch(this.#options.onError);
    }
  }

  async #take(report: RecorderReport): Promise<void> {
    const { archive } = this.#options;
    const found = this.#find(report.recorderId);
    if (!found || !archive) return;
    const [running, stream] = found;
    const { failure } = report;
    const isLost = failure === 'process_ended';
    const folder = archive.pathOf(running.recordingId);
    const files = isLost
      ? (await Promise.all(stream.described.files.map((file) => completeFile(folder, file)))).filter(
          (file) => file !== undefined,
        )
      : report.files;
    const isNews = report.isEnded || files.length !== stream.described.files.length;
    running.take(stream, report, files);
    archive.count(running.manifest);
    if (failure && !isLost) void this.#end(running, failure);
    else if (archive.isFull) void this.#end(running, 'storage_full');
    if (isNews || this.#options.clock.elapsedMs() - running.savedMs >= saveIntervalMs)
      await this.#save(running);
  }

  #find(recorderId: string): readonly [RunningRecording, RunningStream] | undefined {
    for (const running of [...this.#running.values(), ...this.#ending.keys()]) {
      const stream = running.streams.find((one) => one.recorderId === recorderId);
      if (stream) return [running, stream];
    }
    return undefined;
  }

  /** Saves the manifest of a recording that still runs. */
  async #save(running: RunningRecording): Promise<void> {
    if (this.#running.get(running.conferenceId) === running)
      await this.#options.archive?.write(running.manifest);
  }

  #end(
    running: RunningRecording,
    reason: RecordingEndReason,
    stoppedBy?: StoredRecording['stoppedBy'],
  ): Promise<void> {
    const former = this.#ending.get(running);
    if (former) return former;
    this.#running.delete(running.conferenceId);
    // After this turn, because recorders may report before a router returns.
    const ending = Promise.resolve()
      .then(() => this.#complete(running, reason, stoppedBy))
      .catch(this.#options.onError)
      .finally(() => this.#ending.delete(running));
    this.#ending.set(running, ending);
    return ending;
  }

  async #complete(
    running: RunningRecording,
    endReason: RecordingEndReason,
    stoppedBy: StoredRecording['stoppedBy'],
  ): Promise<void> {
    const { conferences, mediaRouter, archive, clock } = this.#options;
    const { conferenceId, recordingId } = running;
    const endedAt = new Date(clock.now()).toISOString();
    for (const { streamKey, isEnded } of running.streams) if (!isEnded) mediaRouter.stopRecording(streamKey);
    conferences
      .recordUntilDone(conferenceId, (state, stamp) => endRecording(state, recordingId, endReason, stamp))
      .catch(this.#options.onError);
    await this.#withinDeadline(running.ended());
    const ended = { state: 'complete', endedAt, endReason, ...(stoppedBy && { stoppedBy }) } as const;
    await archive?.write({ ...running.manifest, ...ended });
  }

  async #withinDeadline(ended: Promise<void>): Promise<void> {
    const { clock } = this.#options;
    let stopTimer: (() => void) | undefined;
    const deadline = new Promise<void>((resolve) => {
      stopTimer = clock.setTimer(resolve, completionDeadlineMs);
    });
    await Promise.race([ended, deadline]);
    stopTimer?.();
  }
}

function resultOf({ recordingId, startedAt }: Recording): StartRecordingResult {
  return { recordingId, startedAt };
}
