import type { Participant } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';

/** Somebody in the conference, with every endpoint that they are in by: tabs, phones. */
export interface User {
  readonly userId: string;
  /** In the order in which they came. */
  readonly participants: readonly Participant[];
}

const usersOf = new WeakMap<readonly Participant[], readonly User[]>();
/** By its first participant, the user as it was last. */
const userOf = new WeakMap<Participant, User>();

/**
 * Everybody in the conference, ourselves too, grouped by user. The same array back as long as the participants are the
 * same, and the same object for each user whose own are.
 */
export function selectUsers({ conference: { participants } }: ConferenceSnapshot): readonly User[] {
  const known = usersOf.get(participants);
  if (known) return known;
  const byUser = new Map<string, Participant[]>();
  for (const participant of participants) {
    const { userId } = participant;
    byUser.set(userId, [...(byUser.get(userId) ?? []), participant]);
  }
  const users = [...byUser].map(([userId, group]) => keptUser({ userId, participants: group }));
  usersOf.set(participants, users);
  return users;
}

function keptUser(user: User): User {
  const [first] = user.participants;
  const last = first && userOf.get(first);
  const isSame =
    last?.participants.length === user.participants.length &&
    user.participants.every((participant, index) => participant === last.participants[index]);
  if (last && isSame) return last;
  if (first) userOf.set(first, user);
  return user;
}
