import type { Conference } from '@parley-rtc/sdk';
import {
  createPublication,
  nothingPublished,
  type PublicationActions,
  type PublicationOptions,
  type PublicationSnapshot,
} from '@parley-rtc/sdk/bindings';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';

/** One's own camera, microphone or screen, and its changes. Without a conference, the changes do nothing. */
export interface Publication extends PublicationSnapshot, PublicationActions {}

const never = () => () => {};
const nothing = async () => {};
const noActions: PublicationActions = {
  publish: nothing,
  stop: nothing,
  toggle: nothing,
  mute: nothing,
  unmute: nothing,
};

/**
 * One's own camera, microphone or screen. Publishes nothing before `toggle` or `publish`, unless `autoPublish` is set, and
 * ends the publication on unmount and when the conference changes, also while it is starting. The options are read each time
 * something is published, so they need no memo.
 */
export function usePublication(conference: Conference | undefined, options: PublicationOptions): Publication {
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  const store = useMemo(() => conference && createPublication(conference), [conference]);
  useEffect(() => store?.connect(() => latest.current), [store]);
  const snapshot = useSyncExternalStore(
    store?.subscribe ?? never,
    store?.getSnapshot ?? (() => nothingPublished),
    () => nothingPublished,
  );
  return useMemo(() => {
    const { publish, stop, toggle, mute, unmute } = store ?? noActions;
    return { ...snapshot, publish, stop, toggle, mute, unmute };
  }, [snapshot, store]);
}
