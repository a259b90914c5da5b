import { type Conference, NotJoinedError, type PublishedStream, type TrackKind } from '@parley-rtc/sdk';
import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { messageOf } from '../shared/message-of.ts';
import { publishDevices, switchDevice, switchScreen } from '../shared/own-streams.ts';
import type { Wishes } from '../shared/wishes.ts';

/** What we send, and the ways to change it. */
interface OwnStreams {
  readonly devices: ShallowRef<PublishedStream | undefined>;
  readonly screen: ShallowRef<PublishedStream | undefined>;
  /** Camera and microphone change now, or wait for a permission: a second change has to wait. */
  readonly isChanging: Ref<boolean>;
  readonly switchDevice: (kind: TrackKind) => Promise<void>;
  readonly switchScreen: () => Promise<void>;
}

/** Sends what is wished for when the call starts. Whatever fails is told, and the call goes on. */
export function useOwnStreams(
  conference: Conference,
  wishes: Wishes,
  onProblem: (text: string) => void,
): OwnStreams {
  const devices = shallowRef<PublishedStream>();
  const screen = shallowRef<PublishedStream>();
  const isChanging = ref(false);
  const unmounted = new AbortController();
  onScopeDispose(() => unmounted.abort());

  async function attempt(action: () => Promise<void>): Promise<void> {
    onProblem('');
    try {
      await action();
    } catch (error) {
      const isLate = unmounted.signal.aborted || error instanceof NotJoinedError;
      if (!isLate) onProblem(messageOf(error));
    }
  }
  async function changeDevices(change: () => Promise<PublishedStream | undefined>): Promise<void> {
    isChanging.value = true;
    await attempt(async () => {
      devices.value = await change();
    });
    isChanging.value = false;
  }
  void changeDevices(() => publishDevices(conference, wishes, unmounted.signal));
  return {
    devices,
    screen,
    isChanging,
    switchDevice: (kind) => changeDevices(() => switchDevice(conference, devices.value, kind)),
    switchScreen: () =>
      attempt(async () => {
        screen.value = await switchScreen(conference, screen.value);
      }),
  };
}
