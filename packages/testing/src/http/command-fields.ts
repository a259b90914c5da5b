type Kind = 'text' | 'list' | 'object' | 'number' | 'texts';

/** The fields of each command that must be there, and those that must have a form if they are. */
const fields: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  join: {},
  enter: { keepAliveSeconds: 'number' },
  leave: {},
  end: {},
  publishStream: { conferenceStreamType: 'text', sdpOffer: 'text' },
  unpublishStream: { streamId: 'text' },
  viewStream: { streamId: 'text', sdpOffer: 'text' },
  stopViewStream: { streamId: 'text', viewerId: 'text' },
  updateViewStream: { streamId: 'text', viewerId: 'text', video: 'object' },
  addPublishStreamIceCandidates: { streamId: 'text', iceCandidates: 'list' },
  addViewStreamIceCandidates: { streamId: 'text', viewerId: 'text', iceCandidates: 'list' },
  updateMetadata: { operation: 'text', key: 'text' },
  updateParticipantMetadata: { newMetadata: 'object' },
  updateStreamMetadata: { streamId: 'text', newMetadata: 'object' },
  updatePublishedStreamBitrate: { videoBitrate: 'number' },
  sendMessages: { messages: 'list' },
  removeParticipant: { participantId: 'text' },
  muteParticipant: { participantId: 'text', kind: 'text' },
  updatePermissions: { participantId: 'text', permissions: 'object' },
  updateAdmission: {},
  requestEntry: {},
  cancelEntry: {},
  decideEntry: { decision: 'text' },
  startRecording: {},
  stopRecording: {},
};

const ofEachCommand: Readonly<Record<string, Kind>> = { conferenceId: 'text', userEndpointId: 'text' };

/** Fields of commands that are not about an endpoint in a conference. */
const others: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  create: {},
  setInteraction: { conferenceId: 'text', interactionId: 'text' },
  sendEvent: { conferenceId: 'text', event: 'object' },
  createTicket: { type: 'text' },
  revokeUser: { userId: 'text' },
  registerUserEndpoint: { keepAliveSeconds: 'number' },
  keepAliveUserEndpoint: { userEndpointId: 'text' },
  unregisterUserEndpoint: { userEndpointId: 'text' },
};

const optional: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  create: { metadata: 'texts' },
  viewStream: { metadata: 'texts' },
  join: { metadata: 'object' },
  publishStream: { metadata: 'object' },
};

const isOf: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && value !== '',
  list: Array.isArray,
  number: (value) => typeof value === 'number',
  object: isObject,
  texts: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
};

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is wrong with the body of a command; undefined if nothing is. */
export function problemOfCommand(operation: string, body: unknown): string | undefined {
  if (!isObject(body)) return 'The body must be a JSON object.';
  const needed = others[operation] ?? { ...ofEachCommand, ...fields[operation] };
  const values = body as Readonly<Record<string, unknown>>;
  for (const [field, kind] of Object.entries(needed)) {
    if (!isOf[kind](values[field])) return `${field} must be ${wordsOf[kind]}.`;
  }
  for (const [field, kind] of Object.entries(optional[operation] ?? {})) {
    if (field in values && !isOf[kind](values[field])) return `${field} must be ${wordsOf[kind]}.`;
  }
  return undefined;
}

const wordsOf: Readonly<Record<Kind, string>> = {
  text: 'a text',
  list: 'a list',
  number: 'a number',
  object: 'an object',
  texts: 'an object of texts',
};
