import type { Captured } from '../devices/media-source.ts';
import type { TrackKind } from '../stream-kinds.ts';
import type { PublishDetails } from './publish-options.ts';

/** Returns the hint for a track, which guides its encoder; empty for none. The app's own tracks keep theirs by default. */
export function contentHintFor(
  kind: TrackKind,
  { type, isOurs }: Pick<Captured, 'type' | 'isOurs'>,
  { audioHint, videoHint }: Pick<PublishDetails, 'audioHint' | 'videoHint'>,
): string {
  const isScreen = type === 'SCREEN';
  if (kind === 'video') return videoHint ?? (isOurs ? (isScreen ? 'detail' : 'motion') : '');
  return audioHint ?? (isOurs && !isScreen ? 'speech' : '');
}
