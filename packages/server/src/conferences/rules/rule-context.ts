import type { Actor } from '../../actor.ts';
import type { Standing } from './standing.ts';

/** What an event needs beyond its content. Rules have no clock and no randomness of their own. */
export interface Stamp {
  /** The current time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Generates an id that is unique across servers. */
  readonly newId: () => string;
}

/** What a command's rule knows besides the conference and the command. */
export interface RuleContext extends Stamp {
  readonly actor: Actor;
  readonly standing: Standing;
}
