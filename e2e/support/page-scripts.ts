// What callers do inside a page with the script-tag file and the media probe in it. Each function is handed to the
// browser as text, so it must not use anything from outside itself.
import type * as ParleyModule from '@parley-rtc/sdk';
import type * as EncryptionModule from '@parley-rtc/sdk/encryption';

declare global {
  interface Window {
    /** The script-tag file's global. */
    readonly Parley: typeof ParleyModule;
    /** The global of the script-tag file for encryption, and what it made, in pages that have it. */
    readonly ParleyEncryption: typeof EncryptionModule;
    encryption?: EncryptionModule.MediaKeys;
    conference: ParleyModule.Conference;
    views: Map<string, ParleyModule.ViewedStream>;
    mine: ParleyModule.PublishedStream;
    heard: string[];
    /** What `connection` of the state was, one after the other. */
    connections: string[];
  }
}

/** A conference of a server and the way in; the server is the page's own unless another is named. */
export type Place = Omit<Parameters<typeof joinRoom>[0], 'name'>;

/** Joins a conference, views whatever is published, and keeps a diary of events. */
export async function joinRoom({
  server = location.origin,
  ticket,
  conferenceId,
  name,
  iceTransportPolicy = 'all',
  endpointId,
}: {
  server?: string;
  ticket: string;
  conferenceId: string;
  name: string;
  iceTransportPolicy?: RTCIceTransportPolicy;
  endpointId?: string;
}): Promise<void> {
  const redeemed = await window.Parley.redeemTicket({ server, ticket });
  const conference = await window.Parley.Conference.join({
    server,
    conferenceId,
    token: redeemed.token,
    metadata: { name },
    iceTransportPolicy,
    ...(endpointId !== undefined && { endpointId }),
    ...(window.encryption && { encryption: window.encryption }),
  });
  const views = new Map<string, ParleyModule.ViewedStream>();
  const heard: string[] = [];
  const connections: string[] = [];
  const nameOf = ({ metadata }: ParleyModule.Participant): string =>
    typeof metadata['name'] === 'string' ? metadata['name'] : 'somebody';
  Object.assign(window, { conference, views, heard, connections });
  conference.on('connection-changed', ({ connection }) => {
    connections.push(connection);
  });
  conference.on('stream-restored', ({ restored }) => {
    heard.push(`restored ${restored.type}`);
  });
  conference.on('participant-joined', ({ participant }) => {
    heard.push(`joined ${nameOf(participant)}`);
  });
  conference.on('participant-left', ({ participant }) => {
    heard.push(`left ${nameOf(participant)}`);
  });
  conference.on('stream-published', async ({ stream }) => {
    heard.push(`published ${nameOf(stream.participant)} ${stream.type}`);
    views.set(stream.id, await conference.viewStream(stream.id));
  });
  conference.on('stream-unpublished', ({ stream }) => {
    heard.push(`unpublished ${nameOf(stream.participant)} ${stream.type}`);
    views.delete(stream.id);
  });
  conference.on('decryption-changed', ({ stream, isDecrypted }) => {
    heard.push(`${isDecrypted ? 'decrypts' : 'cannot decrypt'} ${nameOf(stream.participant)} ${stream.type}`);
  });
  conference.on('error', ({ error }) => {
    heard.push(`error ${error.code}: ${error.message}`);
  });
}

/** Publishes a bar code of `id` and, when given, a tone. */
export async function publishPicture({
  id,
  toneHz,
  videoBitrateBps = 0,
  ...look
}: {
  id: number;
  toneHz?: number | undefined;
  videoBitrateBps?: number;
  frameRate?: number;
  isNoisy?: boolean;
}): Promise<void> {
  const mediaStream = window.probe.source({ id, ...look, ...(toneHz !== undefined && { toneHz }) });
  const type = toneHz === undefined ? 'CAM' : 'MIC_AND_CAM';
  Object.assign(window, {
    mine: await window.conference.publishStream({ mediaStream, type, videoBitrateBps }),
  });
}

/** Publishes a bar code of `id` and what the microphone hears, unfiltered. */
export async function publishWithMicrophone(id: number): Promise<void> {
  const microphone = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  const mediaStream = new MediaStream([
    ...window.probe.source({ id }).getTracks(),
    ...microphone.getTracks(),
  ]);
  Object.assign(window, {
    mine: await window.conference.publishStream({ mediaStream, type: 'MIC_AND_CAM' }),
  });
}

/** The ids of all bar codes in view, in order, with the delay of each picture. */
export async function readPictures(): Promise<{ id: number; delayMs: number }[]> {
  const read = await Promise.all(
    [...window.views.values()].map((view) => window.probe.readPicture(view.mediaStream)),
  );
  return read.filter((picture) => picture !== undefined).toSorted((a, b) => a.id - b.id);
}

/** The loudest frequency of each viewed stream, rounded to 10 Hz, in order. */
export async function readTonesHz(): Promise<number[]> {
  const heard = await Promise.all(
    [...window.views.values()].map((view) => window.probe.hearHz(view.mediaStream)),
  );
  return heard.map((hz) => Math.round(hz / 10) * 10).toSorted((a, b) => a - b);
}

/** Chooses by hand what to receive of every view's video, from the first view on. */
export async function setVideo(video: ParleyModule.ViewedVideo): Promise<void> {
  while (window.views.size === 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  for (const view of window.views.values()) view.setVideo(video);
}

/**
 * Takes away what Vite's client in the demo's pages listens by: after a freeze or a loss of the network it would load
 * the page anew, which a customer's page does not.
 */
export function preventHotReload(): void {
  Reflect.deleteProperty(window, 'WebSocket');
}
