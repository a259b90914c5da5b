import { HttpError, NotFoundError, withDeadline, type CallOptions, type RtcApi } from '@parley-rtc/client';
import { findParticipant } from '@parley-rtc/contract';
import { UnsupportedByServerError } from '../errors/message-errors.ts';
import { RecordingRefusedError, type RecordingRefusal } from '../errors/recording-refused-error.ts';
import { readConference } from '../presence/enter-conference.ts';
import { sendInside, type Presence } from '../presence/send-inside.ts';

/** A recording on the server. */
export interface StartedRecording {
  /** Names it in the server's API. */
  readonly id: string;
  /** ISO 8601 timestamp. */
  readonly startedAt: string;
}

export interface RecordingCallsOptions {
  readonly api: Pick<RtcApi, 'startRecording' | 'stopRecording' | 'getConference' | 'getSimpleView'>;
  readonly own: { readonly conferenceId: string; readonly userEndpointId: string };
  readonly presence: Presence;
  /** Whether our own media are end-to-end encrypted. */
  readonly isEncrypted: boolean;
}

/** How long a call may take in all, rejoining and the completion of files included. */
const defaultTimeoutMs = 20_000;

const refusals: Readonly<Record<string, RecordingRefusal>> = {
  media_encrypted: 'encrypted',
  recording_unavailable: 'not-configured',
  limit_exceeded: 'storage-full',
};

/** Starts and stops recordings on the server. */
export class RecordingCalls {
  readonly #options: RecordingCallsOptions;

  constructor(options: RecordingCallsOptions) {
    this.#options = options;
  }

  async start(options: CallOptions): Promise<StartedRecording> {
    const { api, own, isEncrypted } = this.#options;
    if (isEncrypted) throw new RecordingRefusedError('encrypted');
    return this.#send('startRecording', options, async (call) => {
      try {
        const { recordingId, startedAt } = await api.startRecording({ ...own }, call);
        return { id: recordingId, startedAt };
      } catch (error) {
        const reason = error instanceof HttpError ? refusals[error.serverError ?? ''] : undefined;
        throw reason ? new RecordingRefusedError(reason, { cause: error }) : error;
      }
    });
  }

  /** Does nothing if no recording runs. */
  async stop(options: CallOptions): Promise<void> {
    const { api, own } = this.#options;
    await this.#send('stopRecording', options, async (call) => {
      try {
        await api.stopRecording({ ...own }, call);
      } catch (error) {
        if (!(error instanceof HttpError) || error.serverError !== 'not_recording') throw error;
      }
    });
  }

  async #send<Result>(
    operation: string,
    { signal: given, timeoutMs = defaultTimeoutMs }: CallOptions,
    send: (options: CallOptions) => Promise<Result>,
  ): Promise<Result> {
    return withDeadline({ operation, signals: [given], timeoutMs }, async ({ signal }) => {
      try {
        return await sendInside(this.#options.presence, { operation, signal }, () =>
          send({ signal, timeoutMs }),
        );
      } catch (error) {
        if (!(error instanceof NotFoundError) || !(await this.#isInside(signal))) throw error;
        throw new UnsupportedByServerError('recording', { cause: error });
      }
    });
  }

  /** Whether the server has the conference, with us in it. */
  async #isInside(signal: AbortSignal): Promise<boolean> {
    const { api, own } = this.#options;
    const conference = await readConference(api, own.conferenceId, signal);
    return findParticipant(conference, own.userEndpointId) !== undefined;
  }
}
