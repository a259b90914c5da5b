import {
  displayNameOf,
  selectSelf,
  type Conference,
  type DisplayName,
  type ParleyError,
  type Participant,
  type TrackKind,
} from '@parley-rtc/sdk';
import { createStore, type Store } from '../page/store.ts';
import type { ChatLine, ChatStore } from './create-chat.ts';
import { handRaisedAtOf } from './tiles-of.ts';

/** What a notice says; `texts` has the words. */
export type NoticeContent =
  | { readonly code: 'joined' | 'left' | 'removed' | 'hand-raised'; readonly person: DisplayName }
  | { readonly code: 'message'; readonly person: DisplayName; readonly text: string }
  | { readonly code: 'waiting'; readonly person: DisplayName; readonly endpointId: string }
  | { readonly code: 'muted-by-moderator'; readonly kind: TrackKind }
  | { readonly code: 'recording-started' | 'recording-stopped' | 'reconnected' | 'permissions-changed' }
  | { readonly code: 'error'; readonly error: ParleyError };

/** Something that happened, to be shown for a while. */
export interface Notice {
  readonly key: number;
  readonly content: NoticeContent;
}

export interface NoticesState {
  /** Oldest first. */
  readonly notices: readonly Notice[];
}

export interface NoticesStore extends Store<NoticesState> {
  readonly notify: (content: NoticeContent) => void;
  readonly dismiss: (key: number) => void;
  /** Keeps all notices for as long as the user points at them or uses them. Afterwards, their time begins again. */
  readonly setHeld: (isHeld: boolean) => void;
  readonly close: () => void;
}

/** Errors stay longer, to be read and acted upon, and so does a person at the door. */
const shownForMs = ({ code }: NoticeContent): number =>
  code === 'error' ? 15_000 : code === 'waiting' ? 60_000 : 6_000;
/** More at once would cover the call. */
const mostShown = 4;
/** These are shown otherwise, or are no news to the user. */
const silentCodes: ReadonlySet<string> = new Set([
  'ERR_PLAYBACK_BLOCKED',
  'ERR_NOT_JOINED',
  'ERR_ABORTED',
  'ERR_SCREEN_SHARE_CANCELLED',
  'ERR_NO_FRAMES',
  'ERR_VIEW_CLOSED',
]);

/** Turns what happens in a conference into notices. */
export function createNotices(conference: Conference, chat: ChatStore): NoticesStore {
  const store = createStore<NoticesState>({ notices: [] });
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let count = 0;
  let isHeld = false;
  const start = ({ key, content }: Notice): void => {
    if (isHeld) return;
    timers.set(
      key,
      setTimeout(() => dismiss(key), shownForMs(content)),
    );
  };
  const stopAll = (): void => {
    for (const timer of timers.values()) clearTimeout(timer);
    timers.clear();
  };
  const dismiss = (key: number): void => {
    clearTimeout(timers.get(key));
    timers.delete(key);
    store.set({ notices: store.getSnapshot().notices.filter((notice) => notice.key !== key) });
  };
  const notify = (content: NoticeContent): void => {
    if (content.code === 'error' && silentCodes.has(content.error.code)) return;
    // A problem that repeats itself is still one problem.
    const same = store.getSnapshot().notices.find((shown) => isSame(shown.content, content));
    if (same) dismiss(same.key);
    const key = (count += 1);
    store.set({ notices: [...store.getSnapshot().notices, { key, content }] });
    start({ key, content });
    const [oldest, ...others] = store.getSnapshot().notices;
    if (oldest && others.length >= mostShown) dismiss(oldest.key);
  };
  const stops = [
    ...watchPeople(conference, notify),
    conference.on('waiting-room-changed', ({ guests }) => {
      // Somebody has decided about them, or they gave up.
      const present = new Set(guests.map(({ endpointId }) => endpointId));
      for (const { key, content } of store.getSnapshot().notices) {
        if (content.code === 'waiting' && !present.has(content.endpointId)) dismiss(key);
      }
    }),
    ...watchCall(conference, notify),
    watchChat(chat, notify, () => {
      for (const { key, content } of store.getSnapshot().notices)
        if (content.code === 'message') dismiss(key);
    }),
  ];
  return {
    getSnapshot: store.getSnapshot,
    subscribe: store.subscribe,
    notify,
    dismiss,
    setHeld: (held) => {
      if (held === isHeld) return;
      isHeld = held;
      stopAll();
      for (const notice of store.getSnapshot().notices) start(notice);
    },
    close: () => {
      for (const stop of stops) stop();
      stopAll();
    },
  };
}

type Notify = (content: NoticeContent) => void;

function watchPeople(conference: Conference, notify: Notify): (() => void)[] {
  const raised = new Map<string, string>();
  const announceHand = (participant: Participant): void => {
    const raisedAt = handRaisedAtOf(participant);
    const isNew = raisedAt !== undefined && raised.get(participant.id) !== raisedAt;
    if (isNew && participant.id !== conference.endpointId) {
      notify({ code: 'hand-raised', person: displayNameOf(participant) });
    }
    if (raisedAt === undefined) raised.delete(participant.id);
    else raised.set(participant.id, raisedAt);
  };
  const waiting = new Set<string>();
  // What is there at the beginning is no news, although the conference announces it.
  const { participants } = conference.state.getSnapshot().conference;
  const present = new Set(participants.map(({ id }) => id));
  for (const participant of participants) {
    const raisedAt = handRaisedAtOf(participant);
    if (raisedAt !== undefined) raised.set(participant.id, raisedAt);
  }
  return [
    conference.on('participant-joined', ({ participant }) => {
      if (participant.id === conference.endpointId || present.delete(participant.id)) return;
      notify({ code: 'joined', person: displayNameOf(participant) });
      announceHand(participant);
    }),
    conference.on('participant-updated', ({ participant }) => announceHand(participant)),
    conference.on('participant-left', ({ participant, removedBy }) => {
      present.delete(participant.id);
      if (participant.id === conference.endpointId) return;
      notify({ code: removedBy ? 'removed' : 'left', person: displayNameOf(participant) });
    }),
    conference.on('waiting-room-changed', ({ guests }) => {
      const present = new Set(guests.map(({ endpointId }) => endpointId));
      for (const guest of guests) {
        const { endpointId } = guest;
        if (!waiting.has(endpointId)) notify({ code: 'waiting', person: displayNameOf(guest), endpointId });
      }
      waiting.clear();
      for (const endpointId of present) waiting.add(endpointId);
    }),
  ];
}

function watchCall(conference: Conference, notify: Notify): (() => void)[] {
  let wasInterrupted = false;
  return [
    conference.on('connection-changed', ({ connection }) => {
      if (connection === 'connected' && wasInterrupted) notify({ code: 'reconnected' });
      wasInterrupted = connection === 'reconnecting';
    }),
    conference.on('muted-by-moderator', ({ kind }) => notify({ code: 'muted-by-moderator', kind })),
    conference.on('permissions-changed', ({ participant }) => {
      const self = selectSelf(conference.state.getSnapshot());
      if (participant.id === self?.id) notify({ code: 'permissions-changed' });
    }),
    conference.on('recording-changed', ({ recorder }) =>
      notify({ code: recorder ? 'recording-started' : 'recording-stopped' }),
    ),
    conference.on('error', ({ error }) => notify({ code: 'error', error })),
  ];
}

/** Announces the lines of others that come while the chat is out of sight. `onSeen` is called when the user sees it. */
function watchChat(chat: ChatStore, notify: Notify, onSeen: () => void): () => void {
  let known = new Set(chat.getSnapshot().lines.map(({ key }) => key));
  return chat.subscribe(() => {
    const { lines, unreadCount } = chat.getSnapshot();
    const arrived = lines.filter((line: ChatLine) => !line.isOwn && !known.has(line.key));
    known = new Set(lines.map(({ key }) => key));
    if (unreadCount === 0) return onSeen();
    for (const { person, text } of arrived.slice(-1)) notify({ code: 'message', person, text });
  });
}

function isSame(one: NoticeContent, other: NoticeContent): boolean {
  if (one.code === 'error' && other.code === 'error') return one.error.code === other.error.code;
  return one.code === other.code && !('person' in one) && !('kind' in one);
}
