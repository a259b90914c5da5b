import { type Conference, NotJoinedError, type PublishedStream, type TrackKind } from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';
import { messageOf } from '../shared/message-of.ts';
import { publishDevices, switchDevice, switchScreen } from '../shared/own-streams.ts';
import type { Wishes } from '../shared/wishes.ts';

/** What we send, and the ways to change it. */
interface OwnStreams {
  readonly devices: PublishedStream | undefined;
  readonly screen: PublishedStream | undefined;
  /** Camera and microphone change now, or wait for a permission: a second change has to wait. */
  readonly isChanging: boolean;
  readonly switchDevice: (kind: TrackKind) => Promise<void>;
  readonly switchScreen: () => Promise<void>;
}

/** Sends what is wished for when the call starts. Whatever fails is told, and the call goes on. */
export function useOwnStreams(
  conference: Conference,
  { camera, microphone }: Wishes,
  onProblem: (text: string) => void,
): OwnStreams {
  const [devices, setDevices] = useState<PublishedStream>();
  const [screen, setScreen] = useState<PublishedStream>();
  const [isChanging, setChanging] = useState(true);

  useEffect(() => {
    const unmounted = new AbortController();
    const { signal } = unmounted;
    // In a moment, because StrictMode mounts twice and people should be asked for their camera once.
    queueMicrotask(() => {
      if (signal.aborted) return;
      publishDevices(conference, { camera, microphone }, signal)
        .then(setDevices, (error: unknown) => {
          if (!signal.aborted) onProblem(messageOf(error));
        })
        .finally(() => setChanging(false));
    });
    return () => unmounted.abort();
  }, [conference, camera, microphone, onProblem]);

  const attempt = async (action: () => Promise<void>): Promise<void> => {
    onProblem('');
    try {
      await action();
    } catch (error) {
      if (!(error instanceof NotJoinedError)) onProblem(messageOf(error));
    }
  };
  return {
    devices,
    screen,
    isChanging,
    switchDevice: async (kind) => {
      setChanging(true);
      await attempt(async () => setDevices(await switchDevice(conference, devices, kind)));
      setChanging(false);
    },
    switchScreen: () => attempt(async () => setScreen(await switchScreen(conference, screen))),
  };
}
