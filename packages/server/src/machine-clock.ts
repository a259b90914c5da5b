/** Milliseconds of a monotonic clock that all processes of this machine share. */
export function machineClockMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
