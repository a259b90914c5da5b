/** Numbers the packets of all streams to one viewer, and is told of each that went out under the next number. */
export interface TransportNumbers {
  readonly next: number;
  sent(bytes: number, nowMs: number): void;
}
