import { ForbiddenError, InvalidOptionsError, NotFoundError, type CallApi } from '@parley-rtc/client';
import type { DecideEntryCommand, EntryDecision } from '@parley-rtc/contract';
import { UnsupportedByServerError } from '../errors/message-errors.ts';
import { NotPermittedError } from '../errors/moderation-errors.ts';
import type { ConferenceStore } from '../state/conference-store.ts';
import type { EntryOutcome, Moderation, ModerationOptions, WaitingRoom } from './moderation.ts';

export interface ModerateOptions {
  readonly api: Pick<
    CallApi,
    'removeParticipant' | 'muteParticipant' | 'updatePermissions' | 'updateAdmission' | 'decideEntry'
  >;
  readonly own: { readonly conferenceId: string; readonly userEndpointId: string };
  readonly store: Pick<ConferenceStore, 'getSnapshot'>;
  /** Sends a command while we are inside, or once we are again. */
  readonly send: <Result>(
    wait: {
      readonly operation: string;
      readonly signal: AbortSignal | undefined;
      readonly timeoutMs: number;
    },
    command: () => Promise<Result>,
  ) => Promise<Result>;
}

/** The commands of moderators. */
export type Commands = Moderation & Pick<WaitingRoom, 'admit' | 'admitAll' | 'deny'>;

/** How long a command waits for us to rejoin, in milliseconds. */
const timeoutMs = 10_000;

/** As many endpoints as the API takes in one request. */
const mostEndpoints = 1000;

/** Creates the commands of moderators, for our endpoint in one conference. */
export function moderate({ api, own, store, send }: ModerateOptions): Commands {
  const run = async <Result>(
    operation: keyof CallApi,
    { signal }: ModerationOptions,
    command: (options: ModerationOptions) => Promise<Result>,
  ): Promise<Result> => {
    try {
      return await send({ operation, signal, timeoutMs }, () => command(signal ? { signal } : {}));
    } catch (error) {
      if (error instanceof ForbiddenError) throw new NotPermittedError('moderate', { cause: error });
      // With moderation, the server says what we may do, and a 404 is about something else.
      if (error instanceof NotFoundError && !store.getSnapshot().permissions) {
        throw new UnsupportedByServerError('moderation', { cause: error });
      }
      throw error;
    }
  };
  const updateAdmission = (options: ModerationOptions, change: object) =>
    run('updateAdmission', options, (call) => api.updateAdmission({ ...own, ...change }, call));
  const decideOnce = (options: ModerationOptions, command: Omit<DecideEntryCommand, keyof typeof own>) =>
    run('decideEntry', options, async (call): Promise<readonly EntryOutcome[]> => {
      const { decided } = await api.decideEntry({ ...own, ...command }, call);
      return decided.map(({ userEndpointId: endpointId, decision }) => ({ endpointId, decision }));
    });
  const decide = async (
    decision: EntryDecision,
    given: string | readonly string[],
    options: ModerationOptions & { readonly message?: string },
  ): Promise<readonly EntryOutcome[]> => {
    const { message } = options;
    const ids = [...new Set([given].flat())];
    const outcomes: EntryOutcome[] = [];
    for (let first = 0; first < ids.length; first += mostEndpoints) {
      const endpointIds = ids.slice(first, first + mostEndpoints);
      const command = { decision, endpointIds, ...(message !== undefined && { message }) };
      outcomes.push(...(await decideOnce(options, command)));
    }
    return outcomes;
  };
  return {
    remove: async (participantId, { reason, ban = false, ...options } = {}) => {
      if (participantId === own.userEndpointId) {
        throw new InvalidOptionsError('You cannot remove yourself.', 'Call `leave()` instead.');
      }
      const command = { participantId, ban, ...(reason !== undefined && { reason }) };
      try {
        await run('removeParticipant', options, (call) =>
          api.removeParticipant({ ...own, ...command }, call),
        );
      } catch (error) {
        // It left, or an earlier request removed it although its answer was lost. A ban is another matter: the server does not know
        // whom it is about.
        if (ban || !(error instanceof NotFoundError)) throw error;
      }
    },
    mute: (participantId, kind, { streamId, ...options } = {}) => {
      const command = { participantId, kind, ...(streamId !== undefined && { streamId }) };
      return run('muteParticipant', options, (call) => api.muteParticipant({ ...own, ...command }, call));
    },
    setPermissions: (participantId, permissions, options = {}) =>
      run('updatePermissions', options, (call) =>
        api.updatePermissions({ ...own, participantId, permissions }, call),
      ),
    lock: (options = {}) => updateAdmission(options, { locked: true }),
    unlock: (options = {}) => updateAdmission(options, { locked: false }),
    openLobby: ({ message, ...options } = {}) =>
      updateAdmission(options, { lobby: true, ...(message !== undefined && { lobbyMessage: message }) }),
    closeLobby: (options = {}) => updateAdmission(options, { lobby: false }),
    admit: (endpointIds, options = {}) => decide('ADMITTED', endpointIds, options),
    admitAll: (options = {}) => decideOnce(options, { decision: 'ADMITTED' }),
    deny: (endpointIds, options = {}) => decide('DENIED', endpointIds, options),
  };
}
