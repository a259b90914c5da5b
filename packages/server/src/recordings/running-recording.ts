import type { Participant, RecordedFile, RecordedStream, Stream } from '@parley-rtc/contract';
import type { RecorderReport } from '../media/media-router.ts';
import { streamKeyOf } from '../streams/stream-place.ts';
import { bytesOf, type StoredRecording } from './stored-recording.ts';

/** A stream in a running recording, with its recorder. */
export interface RunningStream {
  readonly streamKey: string;
  /** Names its recorder; undefined if nothing is recorded of it. */
  readonly recorderId: string | undefined;
  described: RecordedStream;
  isEnded: boolean;
}

/** A recording in progress: the streams in it, and what their recorders report. */
export class RunningRecording {
  readonly recordingId: string;
  readonly conferenceId: string;
  /** When it began, in milliseconds of the clock that all processes of the machine share. */
  readonly startedAtMs: number;
  /** When its manifest was last written, in milliseconds of a monotonic clock. */
  savedMs: number = Number.NEGATIVE_INFINITY;
  readonly #base: StoredRecording;
  readonly #streams: RunningStream[] = [];
  readonly #allEnded: Promise<void>;
  #resolveEnded: () => void = () => {};
  #isEnding = false;

  constructor(base: StoredRecording, startedAtMs: number) {
    this.#base = base;
    this.recordingId = base.recordingId;
    this.conferenceId = base.conferenceId;
    this.startedAtMs = startedAtMs;
    this.#allEnded = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
  }

  get streams(): readonly RunningStream[] {
    return this.#streams;
  }

  /** The manifest at this moment. */
  get manifest(): StoredRecording {
    const streams = this.#streams.map(({ described }) => described);
    return { ...this.#base, streams, bytes: bytesOf({ streams }) };
  }

  /** The stream's key in the media router. */
  keyOf(streamId: string): string {
    return streamKeyOf({ conferenceId: this.conferenceId, streamId });
  }

  /** Whether the stream is being recorded. */
  has(streamId: string): boolean {
    return this.#streams.some(({ described, isEnded }) => described.streamId === streamId && !isEnded);
  }

  /** Adds a stream. `isEncrypted` means that nothing of it can be recorded. */
  add(
    { id: streamId, type }: Stream,
    { userId, id, metadata }: Participant,
    isEncrypted: boolean,
  ): RunningStream {
    const { name } = metadata;
    const stream: RunningStream = {
      streamKey: this.keyOf(streamId),
      recorderId: isEncrypted ? undefined : `${this.recordingId}/${this.#streams.length + 1}`,
      described: {
        streamId,
        streamType: type,
        userId,
        userEndpointId: id,
        ...(typeof name === 'string' && { name }),
        ...(isEncrypted && { notRecorded: 'encrypted' }),
        files: [],
      },
      isEnded: isEncrypted,
    };
    this.#streams.push(stream);
    return stream;
  }

  /** Takes a recorder's report. `files` are its files, complete if it was lost. */
  take(stream: RunningStream, { isEnded, failure }: RecorderReport, files: readonly RecordedFile[]): void {
    const isLost = failure === 'process_ended';
    const notRecorded = isLost ? failure : isEnded && files.length === 0 ? 'no_media' : undefined;
    stream.described = { ...stream.described, files, ...(notRecorded && { notRecorded }) };
    stream.isEnded ||= isEnded;
    this.#check();
  }

  /** Resolves when all recorders have ended. No stream may be added after that call. */
  ended(): Promise<void> {
    this.#isEnding = true;
    this.#check();
    return this.#allEnded;
  }

  #check(): void {
    if (this.#isEnding && this.#streams.every(({ isEnded }) => isEnded)) this.#resolveEnded();
  }
}
