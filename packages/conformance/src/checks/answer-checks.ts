import { operations } from '../api/document.ts';
import { BreachError } from '../rules/breach.ts';
import { platform, seed } from '../rules/rule.ts';
import { SkipError } from '../rules/skip.ts';
import type { Check } from '../stage/check.ts';

/** One check for each operation, of all its responses in the run, whichever check caused them. These run last. */
export const answerChecks: readonly Check[] = [...operations.values()].map(
  ({ operationId, isOfThePage, statuses, method, path }) => ({
    id: `answer/${operationId}`,
    sentence: `Every response to ${method} ${path} has a documented status, and on success the documented body.`,
    rule: isOfThePage
      ? seed(operationId, `responses ${statuses.join(', ')}, and those that decision 15 adds`)
      : platform(`responses ${statuses.join(', ')}`),
    run: ({ server: { observations } }) => {
      if (!observations.has(operationId)) throw new SkipError('no check called it');
      const misfit = observations.misfitOf(operationId);
      if (misfit) throw new BreachError({ subject: `response to ${operationId}`, ...misfit });
      return Promise.resolve();
    },
  }),
);

const eventTypesOfThePage = [
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
];

const eventTypesOfMessages = ['ConferenceMessageSentEvent', 'ConferenceMessagesPlacedEvent'];

/**
 * One check for each event type that the page, a client or the extension for messages names, of all its events in the run.
 * These run last.
 */
export const eventSchemaChecks: readonly Check[] = [...eventTypesOfThePage, ...eventTypesOfMessages].map(
  (type) => ({
    id: `event-form/${type}`,
    sentence: `Every ${type} has the fields of its type.`,
    rule: eventTypesOfMessages.includes(type)
      ? platform(`${type}, an extension marked x-parley`)
      : seed('ConferenceEvent', 'base fields; fields of subtypes as decision 8 lists them'),
    run: ({ server: { observations } }) => {
      if (!observations.eventTypes.has(type)) throw new SkipError('no event of this type occurred');
      const misfit = observations.eventMisfitOf(type);
      if (misfit) throw new BreachError({ subject: type, ...misfit });
      return Promise.resolve();
    },
  }),
);
