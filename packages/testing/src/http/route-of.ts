import type { RtcApi } from '@parley-rtc/client';

/** Which operation a request is for. */
export interface Route {
  readonly operation: keyof RtcApi | 'requestToken';
  /** The id in the path, if there is one. */
  readonly id?: string;
  /** Another name in the path. */
  readonly name?: string;
}

const endpointOperations: Readonly<Record<string, keyof RtcApi>> = {
  '': 'registerUserEndpoint',
  register: 'registerUserEndpoint',
  keepalive: 'keepAliveUserEndpoint',
  unregister: 'unregisterUserEndpoint',
};

const readings: Readonly<Record<string, keyof RtcApi>> = {
  '': 'getConference',
  simpleView: 'getSimpleView',
  events: 'getEvents',
  push: 'openPush',
  waiting: 'getWaiting',
  recordings: 'getRecordings',
};

const commands: ReadonlySet<string> = new Set([
  'create',
  'join',
  'enter',
  'leave',
  'end',
  'publishStream',
  'unpublishStream',
  'viewStream',
  'updateViewStream',
  'stopViewStream',
  'addPublishStreamIceCandidates',
  'addViewStreamIceCandidates',
  'updateMetadata',
  'updateParticipantMetadata',
  'updateStreamMetadata',
  'updatePublishedStreamBitrate',
  'sendEvent',
  'sendMessages',
  'removeParticipant',
  'muteParticipant',
  'updatePermissions',
  'updateAdmission',
  'requestEntry',
  'cancelEntry',
  'decideEntry',
  'startRecording',
  'stopRecording',
]);

/** Whether an id would be taken for an operation. */
export function isReserved(id: string): boolean {
  return commands.has(id) || id === 'active' || id === 'interaction';
}

/** Returns what a method and a path, without the query, ask for; undefined for a path that the API does not have. */
export function routeOf(method: string, path: string): Route | undefined {
  const [area = '', room = '', ...rest] = path.split('/').slice(1).map(decodeURIComponent);
  const isPost = method === 'POST';
  if (area === 'security') return securityRoute(isPost, room, rest);
  if (area !== 'rtc-api') return undefined;
  const [first = '', second = ''] = rest;
  if (room === 'iceServers' && !isPost) return { operation: 'getIceServers' };
  if (room === 'users' && first === 'endpoints' && isPost) {
    const operation = endpointOperations[second];
    return operation && { operation, name: second };
  }
  if (room === 'recordings') return recordingRoute(isPost, rest);
  if (room !== 'conferences') return undefined;
  if (isPost && first === 'interaction') return { operation: 'setInteraction' };
  if (isPost) return commands.has(first) ? { operation: first as keyof RtcApi } : undefined;
  if (first === 'active') return { operation: 'getActive' };
  const operation = readings[second];
  return operation && { operation, id: first };
}

function securityRoute(isPost: boolean, room: string, rest: readonly string[]): Route | undefined {
  const [first = '', second = ''] = rest;
  if (room === 'oauth' && first === 'token') return isPost ? { operation: 'requestToken' } : undefined;
  if (room === 'users' && first === 'revoke') return isPost ? { operation: 'revokeUser' } : undefined;
  if (room !== 'ticket') return undefined;
  if (!isPost) return { operation: 'getTicket', id: first };
  return second === 'revoke' ? { operation: 'revokeTicket', id: first } : { operation: 'createTicket' };
}

function recordingRoute(isPost: boolean, [id = '', below, name = '']: readonly string[]): Route | undefined {
  if (isPost) return below === 'delete' ? { operation: 'deleteRecording', id } : undefined;
  return below === 'files' ? { operation: 'getRecordingFile', id, name } : { operation: 'getRecording', id };
}
