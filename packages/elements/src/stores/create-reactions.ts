import { displayNameOf, selectSelf, type Conference, type DisplayName } from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';

/** The topic of the messages that are reactions. */
export const reactionTopic = 'reaction';

/** What can be sent; a page shows nothing else, whatever arrives. */
export const reactionEmojis = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const;

export type ReactionEmoji = (typeof reactionEmojis)[number];

/** A reaction that is shown at the moment. */
export interface Reaction {
  readonly key: number;
  readonly emoji: ReactionEmoji;
  readonly person: DisplayName;
  readonly participantId: string;
}

export interface ReactionsState {
  readonly reactions: readonly Reaction[];
}

export interface ReactionsStore extends Store<ReactionsState> {
  /** Shows a reaction here and to everyone. Never rejects: a reaction that does not arrive is not worth an error. */
  readonly send: (emoji: ReactionEmoji) => Promise<void>;
  readonly close: () => void;
}

const shownForMs = 4_000;
/** Those who join late receive what was sent before; only what was sent just now is shown. Clocks may differ by seconds. */
const freshForMs = 15_000;
/** A crowd of fans must not slow down the page. */
const mostShown = 30;

export function createReactions(
  conference: Pick<Conference, 'on' | 'send' | 'state' | 'endpointId'>,
): ReactionsStore {
  const store = createStore<ReactionsState>({ reactions: [] });
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let count = 0;
  const show = (emoji: ReactionEmoji, participantId: string, person: DisplayName): void => {
    const reaction = { key: (count += 1), emoji, participantId, person };
    store.set({ reactions: [...store.getSnapshot().reactions, reaction].slice(-mostShown) });
    const timer = setTimeout(() => {
      timers.delete(timer);
      store.set({ reactions: store.getSnapshot().reactions.filter((shown) => shown !== reaction) });
    }, shownForMs);
    timers.add(timer);
  };
  const stop = conference.on('message', ({ topic, payload, from, sentAt }) => {
    if (topic !== reactionTopic) return;
    const emoji = reactionEmojis.find((known) => known === payload);
    const isFresh = Math.abs(Date.now() - Date.parse(sentAt)) < freshForMs;
    if (emoji && isFresh && from.participant) {
      show(emoji, from.endpointId, displayNameOf(from.participant));
    }
  });
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    send: async (emoji) => {
      const self = selectSelf(conference.state.getSnapshot());
      show(emoji, conference.endpointId, displayNameOf(self ?? {}));
      await conference.send(reactionTopic, emoji).catch(() => undefined);
    },
    close: () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
