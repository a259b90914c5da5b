/** Which devices the user wants to use in the call. */
export interface MediaSelection {
  readonly camera: boolean;
  readonly microphone: boolean;
}
