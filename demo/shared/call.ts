import type { Conference } from '@parley-rtc/sdk';
import { type Chat, createChat } from './chat.ts';
import { copyLink } from './copy-link.ts';
import type { DeviceMenus } from './device-menus.ts';
import { createInsight, type InsightState } from './insight.ts';
import { hasCode } from './message-of.ts';
import { createNews, type News } from './news.ts';
import { createOwnMedia, type OwnMedia } from './own-media.ts';
import { personOf } from './people.ts';
import type { Page } from './page.ts';
import type { Sdk } from './sdk.ts';
import { schemas, type TypedCall } from './schemas.ts';
import type { Store } from './store.ts';

/** All that a page shows of a call beside the conference's own state, and what its buttons do. */
export interface Call {
  /** What the others say of themselves, by schema. */
  readonly typed: TypedCall;
  readonly news: News;
  readonly media: OwnMedia;
  readonly chat: Chat;
  readonly insight: Store<InsightState>;
  /** Raises our hand, or takes it down. */
  readonly switchHand: () => Promise<void>;
  /** Puts the call on hold for everybody, or goes on. */
  readonly switchHold: () => Promise<void>;
  /** Plays what the browser has kept back until now; for a click. */
  readonly startPlayback: () => Promise<void>;
  readonly copyLink: () => Promise<void>;
  readonly close: () => void;
}

export interface CallOptions extends Pick<Page, 'lobby' | 'menus' | 'room'> {
  readonly conference: Conference;
  /** The token with which we are in the conference. */
  readonly token: () => Promise<string>;
}

export function createCall(sdk: Sdk, { conference, lobby, menus, room, token }: CallOptions): Call {
  const typed = sdk.withSchemas(conference, schemas);
  const news = createNews(conference, typed);
  /** Whatever fails is told, and the call goes on. */
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    news.forget();
    try {
      await action();
    } catch (error) {
      // The call was over before we got to it: nothing that anybody has to know.
      if (!hasCode(error, 'ERR_NOT_JOINED', 'ERR_ABORTED')) news.fail(error);
    }
  };
  const media = createOwnMedia(sdk, {
    conference,
    devices: menus.devices,
    wanted: lobby.getSnapshot().wanted,
    takePreview: lobby.takePreview,
    attempt,
  });
  const chat = createChat(conference, typed, token, ({ name, text }) =>
    news.tell(`${name}: ${beginningOf(text)}`),
  );
  const insight = createInsight(conference);
  const stopFollowing = followSpeaker(conference, menus, news.fail);

  return {
    typed,
    news,
    media,
    chat,
    insight,
    switchHand: () =>
      attempt(async () => {
        const own = personOf(typed, sdk.selectSelf(conference.state.getSnapshot()));
        await typed.setParticipantMetadata({ ...own, isHandRaised: !own.isHandRaised });
      }),
    switchHold: () =>
      attempt(() =>
        sdk.selectOnHold(conference.state.getSnapshot()) ? conference.resume() : conference.hold(),
      ),
    startPlayback: () => attempt(() => conference.startPlayback()),
    async copyLink() {
      if (await copyLink(room)) news.tell('Link copied');
    },
    close() {
      news.close();
      media.close();
      chat.close();
      insight.close();
      stopFollowing();
    },
  };
}

/** What fits into one line, whole when it is short. */
function beginningOf(text: string): string {
  const characters = Array.from(text);
  return characters.length > 40 ? `${characters.slice(0, 39).join('')}…` : text;
}

/** Plays everybody through the speaker that is chosen. */
function followSpeaker(
  conference: Conference,
  menus: DeviceMenus,
  onProblem: (error: unknown) => void,
): () => void {
  let used = '';
  const follow = async (): Promise<void> => {
    const devices = await menus.devices;
    const { device, reason } = devices.choice('speaker');
    const wanted = reason === 'chosen' ? (device?.id ?? '') : '';
    if (wanted === used) return;
    used = wanted;
    await conference.setAudioOutput(wanted);
  };
  const followAndTell = () => void follow().catch(onProblem);
  followAndTell();
  return menus.subscribe(followAndTell);
}
