// What callers do inside a page that has the script-tag file and the media probe. Each function is passed to the browser as
// text, so it must not use anything outside itself.
import type * as ParleyModule from '@parley-rtc/sdk';
import type * as EncryptionModule from '@parley-rtc/sdk/encryption';

declare global {
  interface Window {
    /** The script-tag file's global. */
    readonly Parley: typeof ParleyModule;
    /** The global of the encryption's script-tag file and the object it created, in pages that use it. */
    readonly ParleyEncryption: typeof EncryptionModule;
    encryption?: EncryptionModule.MediaKeys;
    conference: ParleyModule.Conference;
    views: Map<string, ParleyModule.ViewedStream>;
    mine: ParleyModule.PublishedStream;
    diary: string[];
    /** Values of the state's `connection`, in order. */
    connections: string[];
    /** What `onWaiting` received while joining. */
    waits: ParleyModule.Waiting[];
  }
}

/** A conference, a ticket for it and its server. Default: the page's own server. */
export type Invitation = Omit<Parameters<typeof joinRoom>[0], 'name'>;

/** Joins a conference, views all streams, and keeps a diary of events. */
export async function joinRoom({
  server = location.origin,
  ticket,
  conferenceId,
  name,
  iceTransportPolicy = 'all',
  endpointId,
  renewTicket,
  viewTries = 1,
  maxVideos,
}: {
  server?: string;
  ticket: string;
  conferenceId: string;
  name: string;
  iceTransportPolicy?: RTCIceTransportPolicy;
  endpointId?: string;
  /** Name of a function of the page that returns a new ticket. Default: refresh tokens of the first ticket. */
  renewTicket?: string;
  /** How often to try to view a stream. */
  viewTries?: number;
  maxVideos?: number;
}): Promise<void> {
  const redeem = (ticket: string) => window.Parley.redeemTicket({ server, ticket });
  const redeemed = await redeem(ticket);
  const waits: ParleyModule.Waiting[] = [];
  window.waits = waits;
  const newTicket = Reflect.get(window, renewTicket ?? '') as (() => Promise<string>) | undefined;
  const conference = await window.Parley.Conference.join({
    server,
    conferenceId,
    token: newTicket ? async () => (await redeem(await newTicket())).token() : redeemed.token,
    metadata: { name },
    iceTransportPolicy,
    onWaiting: (waiting) => waits.push(waiting),
    ...(endpointId !== undefined && { endpointId }),
    ...(maxVideos !== undefined && { maxVideos }),
    ...(window.encryption && { encryption: window.encryption }),
  });
  const views = new Map<string, ParleyModule.ViewedStream>();
  const diary: string[] = [];
  const connections: string[] = [];
  const nameOf = ({ metadata }: ParleyModule.Participant): string =>
    typeof metadata['name'] === 'string' ? metadata['name'] : 'unnamed';
  Object.assign(window, { conference, views, diary, connections });
  conference.on('connection-changed', ({ connection }) => {
    connections.push(connection);
  });
  conference.on('stream-restored', ({ restored }) => {
    diary.push(`restored ${restored.type}`);
  });
  conference.on('participant-joined', ({ participant }) => {
    diary.push(`joined ${nameOf(participant)}`);
  });
  conference.on('participant-left', ({ participant }) => {
    diary.push(`left ${nameOf(participant)}`);
  });
  conference.on('stream-published', async ({ stream }) => {
    diary.push(`published ${nameOf(stream.participant)} ${stream.type}`);
    const view = (tries: number): Promise<ParleyModule.ViewedStream> =>
      conference.viewStream(stream.id).catch((error: unknown) => {
        const isLasting = !(error instanceof window.Parley.ParleyError && error.retryable);
        return tries === 1 || isLasting ? Promise.reject(error) : view(tries - 1);
      });
    views.set(stream.id, await view(viewTries));
  });
  conference.on('stream-unpublished', ({ stream }) => {
    diary.push(`unpublished ${nameOf(stream.participant)} ${stream.type}`);
    views.delete(stream.id);
  });
  conference.on('decryption-changed', ({ stream, isDecrypted }) => {
    diary.push(`${isDecrypted ? 'decrypts' : 'cannot decrypt'} ${nameOf(stream.participant)} ${stream.type}`);
  });
  conference.on('error', ({ error }) => {
    diary.push(`error ${error.code}: ${error.message}`);
  });
}

/** Publishes a bar code of `id` and, if given, a tone. */
export async function publishBarCode({
  id,
  toneHz,
  videoBitrateBps = 0,
  ...appearance
}: {
  id: number;
  toneHz?: number | undefined;
  videoBitrateBps?: number;
  frameRate?: number;
  isNoisy?: boolean;
}): Promise<void> {
  const mediaStream = window.probe.source({ id, ...appearance, ...(toneHz !== undefined && { toneHz }) });
  const type = toneHz === undefined ? 'CAM' : 'MIC_AND_CAM';
  Object.assign(window, {
    mine: await window.conference.publishStream({ mediaStream, type, videoBitrateBps }),
  });
}

/** Publishes a bar code of `id` and the microphone without audio processing. */
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

/** The ids of all viewed bar codes, in order, with the delay of each frame. */
export async function readVideos(): Promise<{ id: number; delayMs: number }[]> {
  const read = await Promise.all(
    [...window.views.values()].map((view) => window.probe.readVideo(view.mediaStream)),
  );
  return read.filter((video) => video !== undefined).toSorted((a, b) => a.id - b.id);
}

/** The loudest frequency of each viewed stream, rounded to 10 Hz, in order. */
export async function readTonesHz(): Promise<number[]> {
  const tones = await Promise.all(
    [...window.views.values()].map((view) => window.probe.loudestHz(view.mediaStream)),
  );
  return tones.map((hz) => Math.round(hz / 10) * 10).toSorted((a, b) => a - b);
}

/** Waits for the first view, then sets which video every view receives. */
export async function setVideo(video: ParleyModule.ViewedVideo): Promise<void> {
  while (window.views.size === 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
  for (const view of window.views.values()) view.setVideo(video);
}
