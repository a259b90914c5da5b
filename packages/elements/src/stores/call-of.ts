import { selectSelf, type Conference, type ParleyError } from '@parley-rtc/sdk';
import { createChat, type ChatStore } from './create-chat.ts';
import { createInsight, type InsightStore } from './create-insight.ts';
import { createNotices, type NoticesStore } from './create-notices.ts';
import { createReactions, type ReactionsStore } from './create-reactions.ts';
import { createTiles, type TilesStore } from './create-tiles.ts';
import { createViews, type ViewsStore } from './create-views.ts';
import { createOwnMedia, type OwnMedia } from './own-media.ts';
import { handRaisedAtOf } from './tiles-of.ts';

/** Everything that the parts of a call show and change, as stores. */
export interface Call {
  readonly conference: Conference;
  readonly ownMedia: OwnMedia;
  readonly views: ViewsStore;
  readonly insight: InsightStore;
  readonly tiles: TilesStore;
  readonly chat: ChatStore;
  readonly reactions: ReactionsStore;
  readonly notices: NoticesStore;
  /** Runs an action and shows its failure as a notice. Never rejects. */
  readonly attempt: (action: () => Promise<unknown>) => Promise<void>;
  /** Raises or lowers one's own hand. Never rejects. */
  readonly toggleHand: () => Promise<void>;
  /** Holds or resumes the call for everyone, as `isOnHold` says. Never rejects. */
  readonly setOnHold: (isOnHold: boolean) => Promise<void>;
}

const calls = new WeakMap<Conference, Call>();

/**
 * The stores of a conference: always the same, so that all hooks, composables and elements on a page agree. They begin with
 * their first use, and end with the conference. From then on, the page views all streams of the others.
 */
export function callOf(conference: Conference): Call {
  const known = calls.get(conference);
  if (known) return known;
  const call = createCall(conference);
  calls.set(conference, call);
  return call;
}

function createCall(conference: Conference): Call {
  const chat = createChat(conference);
  const notices = createNotices(conference, chat);
  const onError = (error: ParleyError): void => notices.notify({ code: 'error', error });
  const ownMedia = createOwnMedia(conference, onError);
  const views = createViews(conference);
  const insight = createInsight(conference);
  const tiles = createTiles(conference, insight);
  const reactions = createReactions(conference);
  const parts = [tiles, insight, views, ownMedia, reactions, notices, chat];

  const attempt = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      onError(error as ParleyError);
    }
  };
  const closeAtTheEnd = (): void => {
    const { connection } = conference.state.getSnapshot();
    if (connection === 'connected' || connection === 'reconnecting') return;
    stop();
    for (const part of parts) part.close();
  };
  const stop = conference.state.subscribe(closeAtTheEnd);
  return {
    conference,
    ownMedia,
    views,
    insight,
    tiles,
    chat,
    reactions,
    notices,
    attempt,
    toggleHand: () =>
      attempt(async () => {
        const self = selectSelf(conference.state.getSnapshot());
        if (!self) return;
        const { isHandRaised: _, handRaisedAt: __, ...others } = self.metadata;
        const isUp = handRaisedAtOf(self) !== undefined;
        const raised = { isHandRaised: true, handRaisedAt: new Date().toISOString() };
        await conference.setParticipantMetadata(isUp ? others : { ...others, ...raised });
      }),
    setOnHold: (isOnHold) => attempt(() => (isOnHold ? conference.hold() : conference.resume())),
  };
}
