import { randomUUID } from 'node:crypto';
import { operationsOfThePage } from '../api/observations.ts';
import { decision, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectStatus, expectText, expectThat } from '../stage/expect.ts';
import { anOffer } from '../stage/offers.ts';
import type { Stage } from '../stage/stage.ts';

/** A complete command for each operation of the page that takes one. */
async function completeCommands(stage: Stage): Promise<Readonly<Record<string, Record<string, unknown>>>> {
  const { about, ...room } = await stage.room();
  const streamId = await stage.publish({ about, ...room });
  const ofStream = { ...about, streamId };
  const ofView = { ...ofStream, viewerId: randomUUID() };
  return {
    join: about,
    leave: about,
    end: about,
    publishStream: { ...about, conferenceStreamType: 'MIC', sdpOffer: anOffer('sendonly', 'audio') },
    unpublishStream: ofStream,
    viewStream: { ...ofStream, sdpOffer: anOffer('recvonly', 'audio') },
    stopViewStream: ofView,
    addPublishStreamIceCandidates: { ...ofStream, iceCandidates: [] },
    addViewStreamIceCandidates: { ...ofView, iceCandidates: [] },
    updateMetadata: { ...about, operation: 'SET', key: 'key', value: 'value' },
    updateParticipantMetadata: { ...about, newMetadata: {} },
    updateStreamMetadata: { ...ofStream, newMetadata: {} },
    updatePublishedStreamBitrate: { ...ofStream, videoBitrate: 0 },
    setInteraction: { ...about, interactionId: 'i' },
    sendEvent: {
      conferenceId: about.conferenceId,
      event: { type: 'DocumentSignedEvent', timestamp: new Date().toISOString() },
    },
  };
}

const rowOfField: Readonly<Record<string, string>> = {
  'publishStream.sdpOffer': 'mandatory by text (decision 1)',
  'updateStreamMetadata.streamId': 'required by flag (decision 2)',
  'updateStreamMetadata.newMetadata': 'required (decision 3)',
  'updatePublishedStreamBitrate.videoBitrate': 'required by flag (decision 4)',
};

/** One check for each command: a mandatory field that is missing or of the wrong type gives 400. */
const mandatoryFields: readonly Check[] = operationsOfThePage
  .filter(({ requiredFields }) => requiredFields.length > 0)
  .map(({ operationId, requiredFields }) => ({
    id: `mandatory-fields-${operationId}`,
    sentence: `${operationId} without ${requiredFields.join(', ')}, or with a number or list in its place, gives 400.`,
    rule: seed(
      operationId,
      requiredFields
        .map((field) => `${field}: ${rowOfField[`${operationId}.${field}`] ?? 'mandatory'}`)
        .join('; '),
    ),
    run: async (stage) => {
      const complete = (await completeCommands(stage))[operationId] ?? {};
      for (const field of requiredFields) {
        const { [field]: _left, ...without } = complete;
        expectStatus(await stage.caller.call(operationId, { body: without }), 400);
        for (const value of [[7], null, ...(field === 'videoBitrate' ? ['many'] : [7])]) {
          const body = {
            ...complete,
            [field]: field === 'iceCandidates' && Array.isArray(value) ? {} : value,
          };
          expectStatus(await stage.caller.call(operationId, { body }), 400);
        }
      }
    },
  }));

/** Refused requests. */
export const refusalChecks: readonly Check[] = group('refusal', [
  ...mandatoryFields,
  {
    id: 'join-body',
    sentence: 'A join refused with 400 explains why in error and error_description.',
    rule: seed('join', '400 has the schema AnotherErrorResponse: error, error_description'),
    run: async ({ caller }) => {
      const answer = await caller.call<Record<string, unknown>>('join', { body: {} });
      expectStatus(answer, 400);
      expectText('error', answer.body['error']);
      expectText('error_description', answer.body['error_description']);
    },
  },
  {
    id: 'text-to-text',
    sentence: 'The body of a 400 maps texts to texts.',
    rule: seed('every command', '400 has additionalProperties: string'),
    run: async ({ caller }) => {
      for (const operationId of ['leave', 'publishStream', 'updateMetadata']) {
        const { body } = await caller.call<Record<string, unknown>>(operationId, { body: {} });
        const isMap = typeof body === 'object' && body !== null && !Array.isArray(body);
        expectThat(
          `body of ${operationId}`,
          isMap && Object.values(body).every((value) => typeof value === 'string'),
          'an object of texts',
          body,
        );
      }
    },
  },
  {
    id: 'bodies',
    sentence: 'Responses with 400, 401, 404 and 422 contain error and error_description.',
    rule: decision(15, 'always {error, error_description}'),
    run: async (stage) => {
      const { about } = await stage.room();
      const anonymous = stage.caller.as(() => Promise.resolve(''));
      const answers = [
        await stage.caller.call<Record<string, unknown>>('updateMetadata', { body: {} }),
        await anonymous.call<Record<string, unknown>>('getActive'),
        await stage.caller.call<Record<string, unknown>>('getConference', { params: { id: randomUUID() } }),
        await stage.caller.call<Record<string, unknown>>('join', { body: about }),
      ];
      for (const answer of answers) {
        const { error, error_description: description } = answer.body ?? {};
        expectText(`error of ${answer.status}`, error);
        expectText(`error_description of ${answer.status}`, description);
      }
    },
  },
  {
    id: 'no-json',
    sentence: 'A list in place of an object gives 400.',
    rule: seed('every command', '400: bad request'),
    run: async ({ caller }) => {
      for (const operationId of ['create', 'join', 'updateMetadata']) {
        expectStatus(await caller.call(operationId, { body: [] }), 400);
      }
    },
  },
]);
