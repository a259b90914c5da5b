import type { FrameSize } from './video-plan.ts';

/** The part of `RTCVideoSourceStats` used here, which TypeScript does not know. */
interface SourceStats {
  readonly type: string;
  readonly width?: number;
  readonly height?: number;
}

/**
 * Returns the size of the frames that a sender receives: as its statistics count it, or else by the settings of its track.
 * Settings alone do not do: a processed track has none in Chromium.
 */
export async function sentFrameSize(
  sender: Pick<RTCRtpSender, 'getStats'>,
  ...tracks: readonly (MediaStreamTrack | undefined)[]
): Promise<FrameSize> {
  const settings = settledSize(...tracks);
  try {
    for (const row of (await sender.getStats()).values() as Iterable<SourceStats>) {
      const { type, width, height } = row;
      if (type === 'media-source' && width && height) return { ...settings, width, height };
    }
  } catch {
    // The connection was just closed, or this browser has no such statistics.
  }
  return settings;
}

/** Returns the size by the settings of the first of the tracks that knows it. */
export function settledSize(...tracks: readonly (MediaStreamTrack | undefined)[]): FrameSize {
  const known = tracks.map((track) => track?.getSettings() ?? {});
  const { width, height, frameRate } = known.find((one) => one.width && one.height) ?? known[0] ?? {};
  return { width, height, frameRate };
}

/** Whether two sizes need different encodings. */
export function isSameSize(a: FrameSize, b: FrameSize): boolean {
  return a.width === b.width && a.height === b.height && a.frameRate === b.frameRate;
}
