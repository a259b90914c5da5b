import { operations } from '../api/document.ts';
import { BreachError } from '../breach.ts';
import type { Check } from '../check.ts';
import { platform, seed } from '../rule.ts';
import { SkipError } from '../skip.ts';

/** One check for each operation: all answers of the whole run, whichever check asked for them. Made last. */
export const answerChecks: readonly Check[] = [...operations.values()].map(
  ({ operationId, isOfThePage, statuses, method, path }) => ({
    id: `answer/${operationId}`,
    sentence: `Every answer to ${method} ${path} had a listed status, and a success the listed body.`,
    rule: isOfThePage
      ? seed(operationId, `responses ${statuses.join(', ')}, with those that decision 15 adds`)
      : platform(`responses ${statuses.join(', ')}`),
    run: ({ server: { observations } }) => {
      if (!observations.has(operationId)) throw new SkipError('nothing asked for it');
      const misfit = observations.misfitOf(operationId);
      if (misfit) throw new BreachError({ subject: `answer to ${operationId}`, ...misfit });
      return Promise.resolve();
    },
  }),
);

/** One check for each type of event that the page or a client names: all events of the whole run. Made last. */
export const eventSchemaChecks: readonly Check[] = [
  'ConferenceCreatedEvent',
  'ConferenceJoinedEvent',
  'ConferenceLeftEvent',
  'ConferenceEndedEvent',
  'ConferenceStreamPublishedEvent',
  'ConferenceStreamUnpublishedEvent',
  'ConferenceMetadataUpdatedEvent',
  'ConferenceStreamMetadataUpdatedEvent',
  'ConferenceParticipantMetadataUpdatedEvent',
  'ConferenceStreamBitrateUpdatedEvent',
  'ConferenceInteractionIdSetEvent',
].map((type) => ({
  id: `event-form/${type}`,
  sentence: `Every ${type} had the fields of its type.`,
  rule: seed('ConferenceEvent', 'base fields; fields of subtypes as decision 8 lists them'),
  run: ({ server: { observations } }) => {
    if (!observations.eventTypes.has(type)) throw new SkipError('no event of this type came');
    const misfit = observations.eventMisfitOf(type);
    if (misfit) throw new BreachError({ subject: type, ...misfit });
    return Promise.resolve();
  },
}));
