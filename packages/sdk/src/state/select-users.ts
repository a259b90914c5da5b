import type { Participant } from '@parley-rtc/contract';
import type { ConferenceSnapshot } from './conference-store.ts';

/** A user in the conference, with one participant for each of their endpoints, such as tabs and phones. */
export interface User {
  readonly userId: string;
  /** In the order in which they joined. */
  readonly participants: readonly Participant[];
}

const usersOf = new WeakMap<readonly Participant[], readonly User[]>();
/** The last result for each user, by the user's first participant. */
const userOf = new WeakMap<Participant, User>();

/**
 * Groups all participants by user, including ourselves. Returns the same array until the participants change, and the same
 * object for each user whose participants are unchanged.
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
