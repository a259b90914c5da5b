import {
  ParleyError,
  selectMuted,
  type Conference,
  type ConferenceEvents,
  type ConferenceSnapshot,
} from '@parley-rtc/sdk';

/** Another participant, of a fake or a real conference. */
export interface Actor {
  readonly id: string;
  /** Publishes camera and microphone, and returns the id of the stream. */
  publish(): Promise<string>;
  unpublish(): Promise<void>;
  mute(kind: 'audio' | 'video'): Promise<void>;
  unmute(kind: 'audio' | 'video'): Promise<void>;
  send(topic: string, payload: string, to?: readonly string[]): Promise<void>;
  setMetadata(metadata: { readonly name: string; readonly isHandRaised: boolean }): Promise<void>;
  forbidSending(participantId: string): Promise<void>;
  remove(participantId: string, reason: string): Promise<void>;
  end(reason: string): Promise<void>;
  leave(): Promise<void>;
}

/** A conference that we have joined, and a way to let others in, who may moderate. */
export interface Stage {
  readonly conference: Conference;
  readonly join: (name: string) => Promise<Actor>;
}

/**
 * What an app sees of a conference. The same suite runs against the fake conference in Node and against Parley's server in a
 * browser, so that the fake does not promise what the server does not keep.
 */
export const behaviours: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'shows who joins and leaves': async ({ conference, join }) => {
    const heard = listen(conference, 'participant-joined', 'participant-left');
    const ada = await join('Ada');
    await until(conference, 'Ada is there', (snapshot) => nameOf(snapshot, ada.id) === 'Ada');
    await heard.last('participant-joined', ({ participant }) => participant.id === ada.id);
    await ada.leave();
    await until(conference, 'Ada is gone', (snapshot) => nameOf(snapshot, ada.id) === undefined);
    await heard.last('participant-left', ({ participant }) => participant.id === ada.id);
  },

  'shows what others publish, and ends the view when they stop': async ({ conference, join }) => {
    const heard = listen(conference, 'stream-published', 'stream-unpublished');
    const ada = await join('Ada');
    const streamId = await ada.publish();
    await heard.last(
      'stream-published',
      ({ stream }) => stream.id === streamId && stream.type === 'MIC_AND_CAM',
    );
    const view = await conference.viewStream(streamId);
    const kinds = view.mediaStream.getTracks().map(({ kind }) => kind);
    require(kinds.toSorted().join() === 'audio,video', `the view has ${kinds.join()}`);
    await eventually('the view is connected', () => view.connectionState === 'connected');
    await ada.unpublish();
    await heard.last('stream-unpublished', ({ stream }) => stream.id === streamId);
    await eventually('the view is closed', () => view.connectionState === 'closed');
    const code = await codeOf(conference.viewStream(streamId));
    require(code === 'ERR_STREAM_NOT_FOUND', `viewing again rejects with ${code}`);
  },

  'shows who is muted': async ({ conference, join }) => {
    const ada = await join('Ada');
    const streamId = await ada.publish();
    await until(conference, 'the stream is there', (snapshot) => streamsOf(snapshot, ada.id).length === 1);
    await ada.mute('audio');
    await until(conference, 'the audio is muted', (snapshot) => selectMuted(snapshot, streamId, 'audio'));
    require(!selectMuted(conference.state.getSnapshot(), streamId, 'video'), 'the video is not muted');
    await ada.unmute('audio');
    await until(conference, 'the audio is on', (snapshot) => !selectMuted(snapshot, streamId, 'audio'));
  },

  'publishes, and shows our own stream': async ({ conference }) => {
    const published = await conference.publishStream({ camera: true, microphone: true });
    const { endpointId } = conference;
    await until(
      conference,
      'our stream is there',
      (snapshot) => streamsOf(snapshot, endpointId).length === 1,
    );
    await published.mute('video');
    await until(conference, 'our video is muted', (snapshot) => selectMuted(snapshot, published.id, 'video'));
    await published.unpublish();
    await until(conference, 'our stream is gone', (snapshot) => streamsOf(snapshot, endpointId).length === 0);
  },

  'delivers messages to those whom they are for': async ({ conference, join }) => {
    const heard = listen(conference, 'message');
    const ada = await join('Ada');
    const bob = await join('Bob');
    await until(conference, 'Bob is there', (snapshot) => nameOf(snapshot, bob.id) === 'Bob');
    await ada.send('chat', 'not for us', [bob.id]);
    await ada.send('chat', 'for us', [conference.endpointId]);
    await ada.send('chat', 'for all');
    await heard.last('message', ({ payload }) => payload === 'for all');
    const payloads = JSON.stringify(heard.all('message').map(({ payload }) => payload));
    require(payloads === '["for us","for all"]', `received ${payloads}`);
    const sent = await conference.send('chat', 'hello');
    require(typeof sent.sequence === 'number', 'a sent message has a place');
    const code = await codeOf(conference.send('chat', 'hello', { to: 'nobody' }));
    require(code === 'ERR_RECIPIENT_NOT_FOUND', `a message to nobody rejects with ${code}`);
  },

  'shows what participants say about themselves, and what the conference says': async ({
    conference,
    join,
  }) => {
    const ada = await join('Ada');
    await ada.setMetadata({ name: 'Ada L.', isHandRaised: true });
    await until(conference, 'Ada has another name', (snapshot) => nameOf(snapshot, ada.id) === 'Ada L.');
    await conference.setMetadata('topic', 'budget');
    await until(
      conference,
      'the topic is set',
      (snapshot) => snapshot.conference.metadata['topic']?.value === 'budget',
    );
  },

  'refuses what we may not do': async ({ conference, join }) => {
    const heard = listen(conference, 'permissions-changed');
    const ada = await join('Ada');
    await ada.forbidSending(conference.endpointId);
    await heard.last('permissions-changed', ({ permissions }) => !permissions.send);
    const code = await codeOf(conference.send('chat', 'hello'));
    require(code === 'ERR_NOT_PERMITTED', `sending rejects with ${code}`);
  },

  'says that a moderator removed us': async ({ conference, join }) => {
    const heard = listen(conference, 'removed');
    const ada = await join('Ada');
    await ada.remove(conference.endpointId, 'rude');
    await heard.last('removed', ({ reason }) => reason === 'rude');
    require(conference.state.getSnapshot().connection === 'removed', 'the connection is removed');
    const code = await codeOf(conference.setMetadata('topic', 'none'));
    require(code === 'ERR_NOT_JOINED', `later calls reject with ${code}`);
  },

  'says that the conference has ended': async ({ conference, join }) => {
    const heard = listen(conference, 'ended');
    const ada = await join('Ada');
    await ada.end('done');
    await heard.last('ended', ({ reason }) => reason === 'done');
    require(conference.state.getSnapshot().connection === 'ended', 'the connection is ended');
    const code = await codeOf(conference.publishStream({ camera: true }));
    require(code === 'ERR_NOT_JOINED', `later calls reject with ${code}`);
  },

  'leaves once': async ({ conference, join }) => {
    await join('Ada');
    await conference.leave();
    await conference.leave();
    require(conference.state.getSnapshot().connection === 'left', 'the connection is left');
  },
};

const patienceMs = 15_000;

/** Waits until `isTrue` returns true. */
async function eventually(what: string, isTrue: () => boolean): Promise<void> {
  const startedMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startedMs > patienceMs) throw new Error(`Not in time: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function until(
  { state }: Conference,
  what: string,
  isTrue: (snapshot: ConferenceSnapshot) => boolean,
): Promise<void> {
  return eventually(what, () => isTrue(state.getSnapshot()));
}

interface Heard<Names extends keyof ConferenceEvents> {
  all<Name extends Names>(name: Name): readonly ConferenceEvents[Name][];
  /** Waits until the last event with this name fits. */
  last<Name extends Names>(name: Name, fits: (event: ConferenceEvents[Name]) => boolean): Promise<void>;
}

function listen<Names extends keyof ConferenceEvents>(
  conference: Conference,
  ...names: readonly Names[]
): Heard<Names> {
  const heard = new Map<string, unknown[]>();
  for (const name of names) {
    const events: unknown[] = [];
    heard.set(name, events);
    conference.on(name, (event) => void events.push(event));
  }
  const all = <Name extends Names>(name: Name) => heard.get(name) as ConferenceEvents[Name][];
  return {
    all,
    last: (name, fits) =>
      eventually(`the event ${name} fits`, () => {
        const event = all(name).at(-1);
        return event !== undefined && fits(event);
      }),
  };
}

function nameOf({ conference }: ConferenceSnapshot, participantId: string): unknown {
  return conference.participants.find(({ id }) => id === participantId)?.metadata['name'];
}

function streamsOf({ conference }: ConferenceSnapshot, participantId: string): readonly unknown[] {
  return conference.participants.find(({ id }) => id === participantId)?.streams ?? [];
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'nothing',
    (error: unknown) => (error instanceof ParleyError ? error.code : String(error)),
  );
}

function require(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new Error(`Not so: ${what}.`);
}
