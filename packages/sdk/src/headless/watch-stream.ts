import type { FollowedStream } from '../devices/create-devices.ts';
import type { PublishedStream } from '../publishing/published-stream.ts';
import { connectionCheckMs } from '../waiting/recovery-policy.ts';
import { repeatEvery } from '../waiting/repeat-every.ts';

/** Watches what no event of the conference announces about a stream of ours, until the returned function is called. */
export function watchStream(
  stream: PublishedStream,
  devices: { follow(stream: FollowedStream): () => void } | undefined,
  onChange: () => void,
): () => void {
  const tracks = stream.mediaStream.getTracks();
  for (const track of tracks) track.addEventListener('ended', onChange);
  const stopChecking = repeatEvery(connectionCheckMs, async () => onChange());
  const stopFollowing = devices?.follow(stream);
  return () => {
    for (const track of tracks) track.removeEventListener('ended', onChange);
    stopChecking();
    stopFollowing?.();
  };
}
