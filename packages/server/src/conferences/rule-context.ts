import type { Actor } from '../actor.ts';

/** What an event needs beyond its content. Rules have no clock and no chance of their own. */
export interface Stamp {
  /** The time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** A new id, unique on all servers. */
  readonly newId: () => string;
}

/** What a command's rule may know beside the conference and the command. */
export interface RuleContext extends Stamp {
  readonly actor: Actor;
}
