import { ParleyError } from '@parley-rtc/client';

/** Why the server does not record a conference. */
export type RecordingRefusal = 'encrypted' | 'not-configured' | 'storage-full';

const explanations: Readonly<Record<RecordingRefusal, readonly [message: string, hint: string]>> = {
  encrypted: [
    'The server cannot record media that are end-to-end encrypted.',
    "Record on a participant's device, or join without encryption.",
  ],
  'not-configured': ['This server does not record.', 'Ask its operator to set PARLEY_RECORDING_DIR.'],
  'storage-full': [
    'The recordings on the server take up all of their space.',
    'Delete some, or ask the operator to raise PARLEY_RECORDING_MAX_BYTES.',
  ],
};

/** The server does not record this conference. `reason` says why. */
export class RecordingRefusedError extends ParleyError {
  override readonly name = 'RecordingRefusedError';
  override readonly code = 'ERR_RECORDING_REFUSED';
  readonly reason: RecordingRefusal;
  constructor(reason: RecordingRefusal, options?: ErrorOptions) {
    super(...explanations[reason], options);
    this.reason = reason;
  }
}
