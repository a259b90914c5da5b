import { type Conference, NotJoinedError, type PublishedStream, type TrackKind } from '@parley-rtc/sdk';
import { useEffect, useState } from 'react';
import { messageOf } from '../shared/message-of.ts';
import { publishDevices, switchDevice, switchScreen } from '../shared/own-streams.ts';
import type { Wishes } from '../shared/wishes.ts';

/** What we send, and the ways to change it. */
interface OwnStreams {
  readonly devices: PublishedStream | undefined;
  readonly screen: PublishedStream | undefined;
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

  useEffect(() => {
    const unmounted = new AbortController();
    const { signal } = unmounted;
    // In a moment, because StrictMode mounts twice and people should be asked for their camera once.
    queueMicrotask(() => {
      if (signal.aborted) return;
      publishDevices(conference, { camera, microphone }, signal).then(setDevices, (error: unknown) => {
        if (!signal.aborted) onProblem(messageOf(error));
      });
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
    switchDevice: (kind) => attempt(async () => setDevices(await switchDevice(conference, devices, kind))),
    switchScreen: () => attempt(async () => setScreen(await switchScreen(conference, screen))),
  };
}
