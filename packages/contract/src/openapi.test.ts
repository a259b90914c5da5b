import { readFileSync } from 'node:fs';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { decodeEvent } from './decode-event.ts';
import { createdConference, reduce } from './reduce.ts';
import { created, histories } from './testing/histories.ts';
import { conferenceToSimpleView, conferenceToWire } from './wire.ts';

interface OpenApiDocument {
  readonly paths: Record<
    string,
    Record<
      string,
      {
        operationId: string;
        tags: string[];
        responses: Record<string, { 'x-parley'?: boolean; $ref?: string }>;
      }
    >
  >;
  readonly webhooks: Record<string, unknown>;
  readonly components: { readonly schemas: Record<string, unknown> };
}

const document = parse(readFileSync(new URL('../openapi.yaml', import.meta.url), 'utf8')) as OpenApiDocument;

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');

function expectValid(schema: string, value: unknown): void {
  const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`);
  if (!validate) throw new Error(`No schema is called ${schema}`);
  const onTheWire: unknown = JSON.parse(JSON.stringify(value));
  expect(validate(onTheWire) || validate.errors).toBe(true);
}

const conferences = '/rtc-api/conferences';
const seed = {
  create: `POST ${conferences}/create`,
  join: `POST ${conferences}/join`,
  leave: `POST ${conferences}/leave`,
  end: `POST ${conferences}/end`,
  publishStream: `POST ${conferences}/publishStream`,
  unpublishStream: `POST ${conferences}/unpublishStream`,
  viewStream: `POST ${conferences}/viewStream`,
  stopViewStream: `POST ${conferences}/stopViewStream`,
  addPublishStreamIceCandidates: `POST ${conferences}/addPublishStreamIceCandidates`,
  addViewStreamIceCandidates: `POST ${conferences}/addViewStreamIceCandidates`,
  updateMetadata: `POST ${conferences}/updateMetadata`,
  updateParticipantMetadata: `POST ${conferences}/updateParticipantMetadata`,
  updateStreamMetadata: `POST ${conferences}/updateStreamMetadata`,
  updatePublishedStreamBitrate: `POST ${conferences}/updatePublishedStreamBitrate`,
  setInteraction: `POST ${conferences}/interaction`,
  sendEvent: `POST ${conferences}/sendEvent`,
  getConference: `GET ${conferences}/{id}`,
  getSimpleView: `GET ${conferences}/{id}/simpleView`,
  getEvents: `GET ${conferences}/{id}/events`,
  getActive: `GET ${conferences}/active`,
};

describe('openapi.yaml', () => {
  it('tags exactly the seed’s 20 operations with `conferences`', () => {
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.tags?.includes('conferences'))
        .map(([method, { operationId }]) => [operationId, `${method.toUpperCase()} ${path}`]),
    );
    expect(Object.fromEntries(found)).toEqual(seed);
    expect(Object.keys(seed)).toHaveLength(20);
  });

  it('has a webhook of the same name for each event that can be decoded', () => {
    const known = Object.keys(document.webhooks).filter((name) => {
      const bare = decodeEvent({ type: name, ...anything });
      return bare.type !== 'UnknownEvent';
    });
    expect(known).toEqual(Object.keys(document.webhooks));
  });

  it('accepts every event of random histories, and both views of the resulting conference', () => {
    fc.assert(
      fc.property(histories, (history) => {
        expectValid('ConferenceCreatedEvent', created);
        for (const event of history) expectValid(event.type, event);
        const state = history.reduce(reduce, createdConference(created));
        expectValid('Conference', conferenceToWire(state));
        expectValid('ConferenceSimpleView', conferenceToSimpleView(state));
      }),
      { numRuns: 100, seed: 20_260_109 },
    );
  });
});

/** A value for each field that any event requires. */
const anything = {
  messageId: 'm-1',
  sequence: 1,
  topic: 'chat',
  payload: null,
  hasMissed: false,
  userId: 'u',
  userEndpointId: 'ep',
  streamId: 's',
  streamType: 'CAM',
  operation: 'SET',
  key: 'k',
  newMetadata: {},
  videoBitrate: 0,
  activeRids: [],
  asked: 'VIEWERS',
  interactionId: 'i',
  state: 'SICK',
  averageNetworkQuality: 1,
  participantIndicatorMap: {},
};
