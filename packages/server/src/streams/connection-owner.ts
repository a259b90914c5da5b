/** Whose limits a media connection counts towards. */
export interface ConnectionOwner {
  readonly conferenceId: string;
  readonly userKey: string;
}
