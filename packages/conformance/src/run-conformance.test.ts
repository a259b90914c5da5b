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

it('tests a server with only the 20 operations of the page', async () => {
  const target = await startParleyServer();
  const known = new Set<string>();
  const server = await startAlteringProxy(target, async (request, forward) => {
    if (/^\/rtc-api\/(users|iceServers)|^\/security\/ticket/.test(request.path)) {
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
  expect(skipped.filter((id) => id.startsWith('extension/'))).toHaveLength(11);
  expect(skipped.every((id) => /^(extension|media|answer)\//.test(id))).toBe(true);
  expect(report.passed).toBeGreaterThan(120);
}, 30_000);
