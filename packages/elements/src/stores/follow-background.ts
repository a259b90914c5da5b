import type { ParleyError, PublishedStream } from '@parley-rtc/sdk';
import type { PublicationStore } from '@parley-rtc/sdk/bindings';
import { backgrounds, type Background } from '../page/backgrounds.ts';
import { selectionBefore } from '../page/remembered.ts';

export interface BackgroundFollower {
  /** Whether the camera is off only until its background is there. */
  readonly isHidingCamera: () => boolean;
  readonly stop: () => void;
}

/**
 * Sends the user's camera with the chosen background, now and after changes. What is really behind the user is never sent: the
 * camera is muted until its background is there, and stays muted if there can be none.
 */
export function followBackground(
  camera: PublicationStore,
  onError: (error: ParleyError) => void,
): BackgroundFollower {
  let stream: PublishedStream | undefined;
  let applied: Background | undefined;
  let isHiding = false;

  const apply = async (to: PublishedStream, chosen: Background | undefined, isNew: boolean) => {
    const before = applied;
    applied = chosen;
    // `join` has published it muted if there is a background.
    const isWanted = to.isMuted('video') ? selectionBefore().camera : true;
    isHiding = isNew && isWanted;
    if (isNew && !to.isMuted('video')) void to.mute('video').catch(() => undefined);
    const isCurrent = (): boolean => stream === to && applied === chosen;
    backgrounds.setStarting(true);
    try {
      const processor = await chosen?.create();
      if (!isCurrent()) return;
      await to.setProcessor('video', processor);
      if (isCurrent() && isNew && isWanted) await camera.unmute('video');
    } catch (error) {
      if (!isCurrent()) return;
      applied = isNew ? undefined : before;
      onError(error as ParleyError);
      backgrounds.choose(applied?.id);
    } finally {
      if (stream === to && applied === chosen) isHiding = false;
      backgrounds.setStarting(false);
    }
  };
  const update = (): void => {
    const { stream: now, video } = camera.getSnapshot();
    if (!now || video === 'off') {
      stream = undefined;
      return;
    }
    const { chosen } = backgrounds.getSnapshot();
    const isNew = now !== stream;
    stream = now;
    if (isNew) applied = undefined;
    if (chosen?.id !== applied?.id) void apply(now, chosen, isNew);
  };
  const stops = [camera.subscribe(update), backgrounds.subscribe(update)];
  update();
  return {
    isHidingCamera: () => isHiding,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
