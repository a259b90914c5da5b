import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { runConformance, type CheckResult, type ConformanceReport } from './run-conformance.ts';
import { startAlteringProxy, type Forward, type PassingRequest } from './testing/altering-proxy.ts';
import { credentials, startParleyServer } from './testing/parley-server.ts';

/** Ids of checks with this outcome. */
function idsOf({ results }: ConformanceReport, listed: CheckResult['outcome']): readonly string[] {
  return results.filter(({ outcome }) => outcome === listed).map(({ id }) => id);
}

/** A body whose JSON was changed by `change`. */
function altered(body: string, change: (content: never) => unknown): string {
  return body === '' ? body : JSON.stringify(change(JSON.parse(body) as never));
}

type Alteration = (request: PassingRequest, forward: Forward) => ReturnType<Forward>;
type Event = { readonly conferenceVersion: number | null };

/** Changes the JSON of matching responses. */
function altering(
  isMatch: (request: PassingRequest, status: number) => boolean,
  change: (content: never) => unknown,
): Alteration {
  return async (request, forward) => {
    const { status, body } = await forward(request);
    return { status, body: isMatch(request, status) ? altered(body, change) : body };
  };
}

/** Replaces responses with the given status. */
function replacing(status: number, otherwise: Awaited<ReturnType<Forward>>): Alteration {
  return async (request, forward) => {
    const answer = await forward(request);
    return answer.status === status ? otherwise : answer;
  };
}

/** Changes the JSON of requests before the server sees them. */
function altersSent(change: (command: SendMessages) => unknown): Alteration {
  return (request, forward) =>
    forward(isSend(request) ? { ...request, body: altered(request.body, change) } : request);
}

interface SendMessages {
  readonly userEndpointId: string;
  readonly messages: readonly { readonly id: string; readonly to?: readonly string[] }[];
}

// The suite probes for the extension with an empty body.
const isSend = ({ path, body }: PassingRequest): boolean => path.endsWith('/sendMessages') && body !== '{}';

const isMessagePoll = (request: PassingRequest): boolean =>
  isEvents(request) && /messages=\d/.test(request.path);

/** Also delivers messages to whoever sent them. */
function echoing(): Alteration {
  const events: { readonly userEndpointId: string; readonly type: string }[] = [];
  return async (request, forward) => {
    const answer = await forward(request);
    if (isSend(request) && answer.status === 200) {
      const { userEndpointId } = JSON.parse(request.body) as SendMessages;
      events.push({ type: 'ConferenceMessageSentEvent', userEndpointId });
    }
    if (!isMessagePoll(request)) return answer;
    const own = events.filter(({ userEndpointId }) => request.path.includes(userEndpointId));
    return { ...answer, body: altered(answer.body, (read: Event[]) => [...own, ...read]) };
  };
}

/** Delivers messages also in polls that did not ask for them. */
function showingInHistory(): Alteration {
  let hasSent = false;
  return async (request, forward) => {
    const answer = await forward(request);
    hasSent ||= isSend(request);
    if (!hasSent || !isEvents(request) || request.path.includes('messages=')) return answer;
    const message = { type: 'ConferenceMessageSentEvent', conferenceVersion: null };
    return { ...answer, body: altered(answer.body, (events: Event[]) => [...events, message]) };
  };
}

const isEvents = ({ path }: PassingRequest, status = 200): boolean =>
  path.includes('/events?') && status === 200;

/** Ways to break a server, the checks to run, and the checks that must report it. */
const breakages: Readonly<
  Record<string, { readonly answer: Alteration; readonly only: string; readonly caughtBy: readonly string[] }>
> = {
  'answers 200 where 204 is documented': {
    answer: replacing(204, { status: 200, body: '' }),
    only: 'metadata/',
    caughtBy: ['metadata/set-and-remove', 'metadata/remove-missing', 'metadata/mute'],
  },
  'starts another recording each time': {
    answer: altering(
      ({ path }, status) => path.endsWith('/startRecording') && status === 200,
      (result: object) => ({ ...result, recordingId: crypto.randomUUID() }),
    ),
    only: 'recording/',
    caughtBy: ['recording/announce', 'recording/once'],
  },
  'accepts a second join': {
    answer: replacing(422, { status: 200, body: '{"id":"x","version":1,"mode":"ROUTER"}' }),
    only: 'participant/join',
    caughtBy: ['participant/join-twice'],
  },
  'returns events in the wrong order': {
    answer: altering(isEvents, (events: Event[]) => events.toReversed()),
    only: 'event/versions',
    caughtBy: ['event/versions'],
  },
  'loses an event': {
    answer: altering(isEvents, (events: Event[]) =>
      events.filter(({ conferenceVersion }) => conferenceVersion !== 3),
    ),
    only: 'event/fold',
    caughtBy: ['event/fold'],
  },
  'gives events the version after them': {
    answer: altering(isEvents, (events: Event[]) =>
      events.map((event) => ({ ...event, conferenceVersion: (event.conferenceVersion ?? 0) + 1 })),
    ),
    only: 'event/boundary',
    caughtBy: ['event/boundary'],
  },
  'does not wait for events': {
    answer: (request, forward) =>
      isEvents(request) ? Promise.resolve({ status: 200, body: '[]' }) : forward(request),
    only: 'event/poll',
    caughtBy: ['event/poll-waits', 'event/poll-wakes'],
  },
  'omits the description of errors': {
    answer: altering(
      (_, status) => status >= 400,
      ({ error }: { error: string }) => ({ error }),
    ),
    only: 'refusal/',
    caughtBy: ['refusal/join-body', 'refusal/bodies'],
  },
  'fails on unknown views': {
    answer: replacing(404, { status: 500, body: '' }),
    only: 'view/stop',
    caughtBy: ['view/stop', 'view/stop-own-endpoint'],
  },
  'merges metadata': {
    answer: altering(
      ({ method, path }, status) =>
        method === 'GET' && /conferences.[-0-9a-f]{36}$/.test(path) && status === 200,
      ({ participants, ...conference }: { participants: { metadata: object }[] }) => ({
        ...conference,
        participants: participants.map((one) => ({ ...one, metadata: { old: true, ...one.metadata } })),
      }),
    ),
    only: 'participant/metadata',
    caughtBy: ['participant/metadata-replaced'],
  },
  'reorders messages': {
    answer: altering(
      (request, status) => isMessagePoll(request) && status === 200,
      (events: Event[]) => events.toReversed(),
    ),
    only: 'message/',
    caughtBy: ['message/arrive', 'message/form', 'message/recipients', 'message/repeat', 'message/start'],
  },
  'delivers messages to their sender': {
    answer: echoing(),
    only: 'message/arrive',
    caughtBy: ['message/arrive'],
  },
  'delivers messages to all, whoever their recipients are': {
    answer: altersSent(({ messages, ...command }) => ({
      ...command,
      messages: messages.map(({ to: _, ...message }) => message),
    })),
    only: 'message/',
    caughtBy: ['message/recipients', 'message/unknown-recipient'],
  },
  'sends repeated messages again': {
    answer: altersSent(({ messages, ...command }) => ({
      ...command,
      messages: messages.map((message) => ({ ...message, id: randomUUID() })),
    })),
    only: 'message/',
    caughtBy: ['message/repeat', 'message/form'],
  },
  'starts every reader with all messages': {
    answer: (request, forward) =>
      forward({ ...request, path: request.path.replace('messages=joined', 'messages=all') }),
    only: 'message/start',
    caughtBy: ['message/start'],
  },
  'hides messages from before a reader joined': {
    answer: (request, forward) =>
      forward({ ...request, path: request.path.replace('messages=all', 'messages=joined') }),
    only: 'message/start',
    caughtBy: ['message/start'],
  },
  'gives messages a version': {
    answer: altering(
      (request, status) => isMessagePoll(request) && status === 200,
      (events: Event[]) => events.map((event) => ({ ...event, conferenceVersion: 3 })),
    ),
    only: 'message/form',
    caughtBy: ['message/form'],
  },
  'does not wake polls with messages': {
    answer: (request, forward) =>
      isMessagePoll(request) ? Promise.resolve({ status: 200, body: '[]' }) : forward(request),
    only: 'message/',
    caughtBy: ['message/arrive', 'message/wake'],
  },
  'shows messages in its history': {
    answer: showingInHistory(),
    only: 'message/no-versions',
    caughtBy: ['message/no-versions'],
  },
  'accepts every message and every reader': {
    answer: async (request, forward) => {
      const answer = await forward(request);
      const isRefused = answer.status === 400 && request.body !== '{}';
      return isRefused ? { status: 200, body: '{"messages":[]}' } : answer;
    },
    only: 'message/',
    caughtBy: ['message/unknown-recipient', 'message/not-joined', 'message/no-endpoint'],
  },
  'lets users send and read for others': {
    answer: replacing(403, { status: 200, body: '{"messages":[]}' }),
    only: 'message/others-endpoint',
    caughtBy: ['message/others-endpoint'],
  },
  'permits everything': {
    answer: replacing(403, { status: 204, body: '' }),
    only: 'moderation/',
    caughtBy: [
      'moderation/enforced',
      'moderation/mute',
      'moderation/ban',
      'moderation/lock',
      'moderation/not-a-moderator',
      'moderation/own-keys',
    ],
  },
  'does nothing that moderators decide': {
    answer: (request, forward) =>
      /(removeParticipant|muteParticipant|updatePermissions|updateAdmission)$/.test(request.path) &&
      request.body !== '{}'
        ? Promise.resolve({ status: 204, body: '' })
        : forward(request),
    only: 'moderation/',
    caughtBy: [
      'moderation/change-permissions',
      'moderation/mute',
      'moderation/remove',
      'moderation/ban',
      'moderation/lock',
    ],
  },
  'has a waiting room without a door': {
    answer: replacing(403, { status: 200, body: '{"id":"x"}' }),
    only: 'lobby/',
    caughtBy: ['lobby/wait', 'lobby/no-leak', 'lobby/deny'],
  },
  'forgets who waits': {
    answer: altering(
      ({ path }, status) => path.includes('/waiting?') && status === 200,
      (list: object) => ({ ...list, waiting: [] }),
    ),
    only: 'lobby/',
    caughtBy: ['lobby/wait', 'lobby/changes'],
  },
  'says nothing to guests': {
    answer: altering(
      ({ path }, status) => path.endsWith('/requestEntry') && status === 200,
      ({ message: _, ...answer }: { readonly message?: string }) => answer,
    ),
    only: 'lobby/',
    caughtBy: ['lobby/wait', 'lobby/deny', 'lobby/changes'],
  },
  'says nothing of permissions and verified profiles': {
    answer: altering(
      ({ method, path }, status) =>
        method === 'GET' && /conferences.[-0-9a-f]{36}$/.test(path) && status === 200,
      ({ participants, ...conference }: { participants: object[] }) => ({
        ...conference,
        participants: participants.map((one) => ({ ...one, permissions: undefined, verified: undefined })),
      }),
    ),
    only: 'moderation/',
    caughtBy: ['moderation/permissions', 'moderation/verified', 'moderation/change-permissions'],
  },
  'accepts unauthenticated callers': {
    answer: replacing(401, { status: 200, body: '[]' }),
    only: 'token/',
    caughtBy: ['token/wrong-secret', 'token/missing', 'token/invalid'],
  },
};

for (const [name, { answer, only, caughtBy }] of Object.entries(breakages)) {
  it(`catches a server that ${name}`, async () => {
    const server = await startAlteringProxy(await startParleyServer(), answer);
    const report = await runConformance({ server, ...credentials, only });
    expect(idsOf(report, 'breached')).toEqual(expect.arrayContaining([...caughtBy]));
    expect(report.breached).toBe(idsOf(report, 'breached').length);
    for (const { outcome, breach, rule } of report.results) {
      if (outcome === 'breached') expect([breach?.expected, breach?.came, rule.text]).not.toContain('');
    }
  }, 20_000);
}

it('catches responses that do not match their schema, and says where', async () => {
  const mistyping = altering(
    ({ path }, status) => path.endsWith('/create') && status === 200,
    (summary: { version: number }) => ({ ...summary, version: `${summary.version}` }),
  );
  const server = await startAlteringProxy(await startParleyServer(), mistyping);
  const report = await runConformance({ server, ...credentials });
  expect(idsOf(report, 'breached')).toEqual(['conference/create-empty-command', 'answer/create']);
  expect(report.results.find(({ id }) => id === 'answer/create')?.breach).toMatchObject({
    came: 'body/version must be integer',
  });
}, 30_000);

/** The paths of everything beyond the page. */
const extensionPaths =
  /^\/rtc-api\/(users|iceServers|recordings)|^\/security\/ticket|\/(sendMessages|(remove|mute)Participant|updatePermissions|updateAdmission|(start|stop)Recording|recordings|(request|cancel|decide)Entry|waiting|enter)$/;

it('tests a server with only the 20 operations of the page', async () => {
  const target = await startParleyServer();
  const known = new Set<string>();
  const server = await startAlteringProxy(target, async (request, forward) => {
    if (extensionPaths.test(request.path)) {
      return { status: 404, body: '{"error":"not_found","error_description":"No such path."}' };
    }
    // Such a server accepts any endpoint id, but Parley's requires registration.
    const userEndpointId: unknown = JSON.parse(
      /^\{/.exec(request.body) ? request.body : '{}',
    )?.userEndpointId;
    if (typeof userEndpointId === 'string' && !known.has(userEndpointId)) {
      known.add(userEndpointId);
      const body = JSON.stringify({ userEndpointId, keepAliveSeconds: 60 });
      await forward({ ...request, path: '/rtc-api/users/endpoints', body });
    }
    return forward(request);
  });
  const report = await runConformance({ server, ...credentials });
  expect(report.results.filter(({ outcome }) => outcome === 'breached')).toEqual([]);
  const skipped = idsOf(report, 'skipped');
  expect(skipped.filter((id) => id.startsWith('extension/'))).toHaveLength(12);
  expect(skipped.filter((id) => id.startsWith('message/'))).toHaveLength(11);
  expect(skipped.filter((id) => /^(moderation|lobby)\//.test(id))).toHaveLength(19);
  expect(skipped.filter((id) => id.startsWith('recording/'))).toHaveLength(5);
  const others = skipped.filter(
    (id) => !/^(extension|message|moderation|lobby|recording|media|answer)\//.test(id),
  );
  expect(others).toEqual([
    'event-form/ConferenceMessageSentEvent',
    'event-form/ConferenceMessagesPlacedEvent',
  ]);
  expect(report.passed).toBeGreaterThan(120);
}, 30_000);
