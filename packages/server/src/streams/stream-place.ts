/** Identifies a stream. */
export interface StreamPlace {
  readonly conferenceId: string;
  readonly streamId: string;
}

/** The stream's key in the media router: unique on this server, whatever characters the ids hold. */
export function streamKeyOf({ conferenceId, streamId }: StreamPlace): string {
  return JSON.stringify([conferenceId, streamId]);
}
