/** Numbers of packets dropped from (up) and to (down) the callers behind a link. */
export interface DroppedPackets {
  readonly up: number;
  readonly down: number;
}
