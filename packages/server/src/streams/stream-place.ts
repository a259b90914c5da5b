/** Where a stream is. */
export interface StreamPlace {
  readonly conferenceId: string;
  readonly streamId: string;
}

/** Names a stream to the media router: unique on this server, whatever characters the ids hold. */
export function streamKeyOf({ conferenceId, streamId }: StreamPlace): string {
  return JSON.stringify([conferenceId, streamId]);
}
