// What the SDK's benchmark does inside a page. Each function is passed to the browser as text, so it must not use anything
// outside itself.

/** With the SDK, or with only the browser's own API. */
export type Way = 'sdk' | 'bare';

declare global {
  interface Window {
    /** When each stream was announced, in milliseconds since the epoch. */
    readonly announcedAt: Readonly<Record<string, number>>;
  }
}

interface Ticket {
  readonly ticket: string;
  readonly conferenceId: string;
  /** Address of the API. Default: the page's own. */
  readonly server?: string;
}

/** Milliseconds from `viewStream()` to the first frame of the only published stream. */
export async function sdkView({ ticket, conferenceId }: Ticket): Promise<number> {
  const { Parley } = window;
  const server = location.origin;
  const { token } = await Parley.redeemTicket({ server, ticket });
  const conference = await Parley.Conference.join({ server, conferenceId, token });
  const [stream] = Parley.selectRemoteStreams(conference.state.getSnapshot());
  if (!stream) throw new Error('Nothing is published.');
  const video = Object.assign(document.createElement('video'), { muted: true });
  document.body.append(video);
  const startedAt = performance.now();
  const firstFrame = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt));
  });
  const view = await conference.viewStream(stream.id, { element: video });
  const tookMs = await firstFrame;
  await view.stop();
  video.remove();
  await conference.leave();
  return tookMs;
}

/** The same, measured from `join()`. */
export async function sdkJoinAndView({
  ticket,
  conferenceId,
  server = location.origin,
}: Ticket): Promise<number> {
  const { Parley } = window;
  const { token } = await Parley.redeemTicket({ server, ticket });
  const video = Object.assign(document.createElement('video'), { muted: true });
  document.body.append(video);
  const startedAt = performance.now();
  const firstFrame = new Promise<number>((resolve) => {
    video.requestVideoFrameCallback(() => resolve(performance.now() - startedAt));
  });
  const conference = await Parley.Conference.join({ server, conferenceId, token });
  const [stream] = Parley.selectRemoteStreams(conference.state.getSnapshot());
  if (!stream) throw new Error('Nothing is published.');
  await conference.viewStream(stream.id, { element: video });
  const tookMs = await firstFrame;
  video.remove();
  await conference.leave();
  return tookMs;
}

/** What `sdkView` measures, with only fetch and an RTCPeerConnection. */
export async function bareView(asked: Ticket): Promise<number> {
  return window.bareCall({ ...asked, isJoinMeasured: false });
}

/** What `sdkJoinAndView` measures, with only fetch and an RTCPeerConnection. */
export async function bareJoinAndView(asked: Ticket): Promise<number> {
  return window.bareCall({ ...asked, isJoinMeasured: true });
}

/** Joins without viewing and records when each stream was announced, in milliseconds since the epoch. */
export async function joinAndListen({ ticket, conferenceId }: Ticket): Promise<void> {
  const { Parley } = window;
  const server = location.origin;
  const { token } = await Parley.redeemTicket({ server, ticket });
  const conference = await Parley.Conference.join({ server, conferenceId, token });
  const announcedAt: Record<string, number> = {};
  conference.on('stream-published', ({ stream }) => {
    announcedAt[stream.id] = performance.timeOrigin + performance.now();
  });
  Object.assign(window, { conference, announcedAt });
}

/**
 * Publishes a stream and unpublishes it. Returns when the request started, in milliseconds since the epoch, and how long it
 * took; undefined if the server refuses because it is overloaded.
 */
export async function publishOnce(): Promise<
  { id: string; startedAt: number; requestMs: number } | undefined
> {
  const { Parley, conference, probe } = window;
  performance.clearResourceTimings();
  const mediaStream = probe.source({ id: 7 });
  let mine;
  try {
    mine = await conference.publishStream({ mediaStream, type: 'CAM' });
  } catch (error) {
    if (error instanceof Parley.HttpError && error.status === 503) return undefined;
    throw error;
  }
  const request = performance
    .getEntriesByType('resource')
    .find(({ name }) => name.endsWith('/publishStream'));
  await new Promise((resolve) => {
    setTimeout(resolve, 150);
  });
  await mine.unpublish();
  return {
    id: mine.id,
    startedAt: performance.timeOrigin + (request?.startTime ?? NaN),
    requestMs: request?.duration ?? NaN,
  };
}

/** Views the only published stream `count` times, shows all views and keeps them. */
export async function holdViews({
  ticket,
  conferenceId,
  count,
  way,
}: Ticket & { readonly count: number; readonly way: Way }): Promise<void> {
  const { Parley } = window;
  const server = location.origin;
  const redeemed = await Parley.redeemTicket({ server, ticket });
  const token = await redeemed.token();
  const conference = await Parley.Conference.join({ server, conferenceId, token });
  const [stream] = Parley.selectRemoteStreams(conference.state.getSnapshot());
  if (!stream) throw new Error('Nothing is published.');
  // Keep a reference, because an unreferenced conference may be garbage-collected and its endpoint then times out.
  Object.assign(window, { conference });
  await Promise.all(
    Array.from({ length: count }, async () => {
      const video = Object.assign(document.createElement('video'), {
        muted: true,
        autoplay: true,
        width: 160,
      });
      document.body.append(video);
      const playing = new Promise((resolve) => {
        video.requestVideoFrameCallback(resolve);
      });
      if (way === 'sdk') await conference.viewStream(stream.id, { element: video });
      else
        await window.bareViewOf({
          token,
          conferenceId,
          conference,
          streamId: stream.id,
          video,
        });
      await playing;
    }),
  );
}
