import type { Conference } from '@parley-rtc/sdk';
import { createCallStatus, type CallStatus } from './call-status.ts';
import { createChat, type Chat } from './chat.ts';
import { copyLink } from './copy-link.ts';
import type { DeviceMenus } from './device-menus.ts';
import { createInsight, type InsightState } from './insight.ts';
import { hasCode } from './message-of.ts';
import { createOwnMedia, type OwnMedia } from './own-media.ts';
import type { Page } from './page.ts';
import { personOf } from './people.ts';
import { schemas, type TypedCall } from './schemas.ts';
import type { Sdk } from './sdk.ts';
import { shorten } from './shorten.ts';
import type { Store } from './store.ts';

/** What a page shows of a call in addition to the conference's state, and the actions of its buttons. */
export interface Call {
  /** Participants' metadata, typed by schema. */
  readonly typed: TypedCall;
  readonly status: CallStatus;
  readonly media: OwnMedia;
  readonly chat: Chat;
  readonly insight: Store<InsightState>;
  /** Runs an action, and shows its error instead of the last one. */
  readonly attempt: (action: () => Promise<void>) => Promise<void>;
  /** Raises or lowers the user's hand. */
  readonly switchHand: () => Promise<void>;
  /** Holds or resumes the call for all participants. */
  readonly switchHold: () => Promise<void>;
  readonly copyLink: () => Promise<void>;
  readonly close: () => void;
}

export interface CallOptions extends Pick<Page, 'lobby' | 'menus' | 'room'> {
  readonly conference: Conference;
}

/** So that an announced message fits one line. */
const maxAnnouncedCharacters = 40;

export function createCall(sdk: Sdk, { conference, lobby, menus, room }: CallOptions): Call {
  const typed = sdk.withSchemas(conference, schemas);
  const status = createCallStatus(conference, typed);
  /** Shows errors in the status; the call goes on. */
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    status.clearError();
    try {
      await action();
    } catch (error) {
      // The call ended first, which is not an error to the user.
      if (!hasCode(error, 'ERR_NOT_JOINED', 'ERR_ABORTED')) status.showError(error);
    }
  };
  const media = createOwnMedia(sdk, {
    conference,
    devices: menus.devices,
    selection: lobby.getSnapshot().selection,
    takePreview: lobby.takePreview,
    attempt,
  });
  const chat = createChat(sdk, conference, typed, ({ name, text }) =>
    status.announce(`${name}: ${shorten(text, maxAnnouncedCharacters)}`),
  );
  const insight = createInsight(conference);
  const stopFollowing = followAudioOutput(conference, menus, status.showError);

  return {
    typed,
    status,
    media,
    chat,
    insight,
    attempt,
    switchHand: () =>
      attempt(async () => {
        const own = personOf(typed, sdk.selectSelf(conference.state.getSnapshot()));
        await typed.setParticipantMetadata({ ...own, isHandRaised: !own.isHandRaised });
      }),
    switchHold: () =>
      attempt(() =>
        sdk.selectOnHold(conference.state.getSnapshot()) ? conference.resume() : conference.hold(),
      ),
    async copyLink() {
      if (await copyLink(room)) status.announce('Link copied');
    },
    close() {
      status.close();
      media.close();
      chat.close();
      insight.close();
      stopFollowing();
    },
  };
}

/** Plays all participants through the chosen speaker. */
function followAudioOutput(
  conference: Conference,
  menus: DeviceMenus,
  onProblem: (error: unknown) => void,
): () => void {
  let used = '';
  const follow = async (): Promise<void> => {
    const devices = await menus.devices;
    const { device, reason } = devices.choice('speaker');
    const outputId = reason === 'chosen' ? (device?.id ?? '') : '';
    if (outputId === used) return;
    used = outputId;
    await conference.setAudioOutput(outputId);
  };
  const update = () => void follow().catch(onProblem);
  update();
  return menus.subscribe(update);
}
