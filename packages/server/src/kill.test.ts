import { setTimeout as after } from 'node:timers/promises';
import type { TokenResponse, WireConference } from '@parley-rtc/contract';
import { expect, it, onTestFinished } from 'vitest';
import { checkAfterStorm } from './testing/check-after-storm.ts';
import { CommandStorm, type StormJournal } from './testing/command-storm.ts';
import { startRedis } from './testing/redis-engine.ts';
import { runProgram, urlOf, type RunningProgram } from './testing/run-program.ts';
import { seededRandom } from './testing/seeded-random.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';
import { runNode } from './testing/test-cluster.ts';
import { Caller, type Answer } from './testing/test-server.ts';

const rounds = Number(process.env['PARLEY_KILL_ROUNDS'] ?? 6);
const seed = Number(process.env['PARLEY_KILL_SEED'] ?? 1);

const common = { PARLEY_CLIENTS: 'desk:secret:SERVICE+AGENT', PARLEY_ENDED_RETENTION_SECONDS: '600' };

/** A storm is interrupted after at most this many responses, and at most this much later. */
const mostAnswers = 100;
const longestDelayMs = 10;
const longestStartMs = 1_000;

/** A running server program. */
interface Server {
  readonly program: RunningProgram;
  readonly url: string;
}

async function requestToken(
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<Answer<TokenResponse>> {
  const response = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  const body = (await response.json()) as TokenResponse;
  return { status: response.status, body, headers: response.headers };
}

const guestToken = (url: string, form: Readonly<Record<string, string>>): Promise<Answer<TokenResponse>> =>
  requestToken(url, { client_id: 'customer', client_secret: '', ...form });

async function kill({ child, exited }: RunningProgram): Promise<void> {
  child.kill('SIGKILL');
  await exited;
}

/** `reached` resolves after `start` calls of `count`. */
function countdown(start: number): { readonly count: () => void; readonly reached: Promise<void> } {
  const counter = new EventTarget();
  let left = start;
  const count = (): void => {
    left -= 1;
    if (left === 0) counter.dispatchEvent(new Event('reached'));
  };
  const reached = new Promise<void>((resolve) => {
    counter.addEventListener('reached', () => {
      resolve();
    });
  });
  return { count, reached };
}

/** Checks that the storm's other belongings work at the next server: endpoints (then unregistered), tickets, logins. */
async function checkBelongings(journal: StormJournal, caller: Caller): Promise<void> {
  for (const userEndpointId of journal.endpointIds) {
    await caller.do('keepAliveUserEndpoint', { body: { userEndpointId } });
    await caller.do('unregisterUserEndpoint', { body: { userEndpointId } });
  }
  for (const id of journal.ticketCodes) await caller.do('getTicket', { params: { id } });
  for (const token of journal.refreshTokens.values()) {
    if (token === undefined) continue;
    const form = { grant_type: 'refresh_token', refresh_token: token };
    expect((await guestToken(caller.url, form)).status).toBe(200);
    expect((await guestToken(caller.url, form)).status).toBe(400);
  }
}

/** Checks that surviving conferences accept commands at their last version; then ends them. */
async function checkVersionsGoOn(caller: Caller): Promise<void> {
  const userEndpointId = await caller.register();
  for (const { id = '', version = 0 } of await caller.do<readonly WireConference[]>('getActive')) {
    await caller.do('end', { body: { conferenceId: id, userEndpointId } });
    expect(await caller.events(id, version)).toMatchObject([
      { type: 'ConferenceEndedEvent', conferenceVersion: version },
    ]);
  }
}

/** Where the killed server keeps its data. */
interface Place {
  readonly start: () => Promise<Server>;
  /** Starts the program, without waiting until it listens. */
  readonly begin: () => Promise<RunningProgram>;
}

function inFolder(): Place {
  const variables = { ...common, PARLEY_DATA_DIR: temporaryFolder() };
  return placeOf(() => Promise.resolve(runProgram(variables)));
}

/** Each start is another node, as after the loss of a machine. */
async function onEngine(): Promise<Place> {
  const redis = await startRedis();
  onTestFinished(() => redis.close());
  return placeOf(() => runNode(redis, { ...common, PARLEY_NODE_LEASE_MS: '1000' }));
}

function placeOf(begin: Place['begin']): Place {
  return {
    begin,
    start: async () => {
      const program = await begin();
      return { program, url: await urlOf(program) };
    },
  };
}

/** A node that starts does not know at first that the killed one is dead. */
async function untilNobodyPublishes(caller: Caller): Promise<void> {
  const streams = async (): Promise<readonly unknown[]> => {
    const active = await caller.do<readonly WireConference[]>('getActive');
    return active.flatMap(({ participants = [] }) => participants.flatMap(({ streams = [] }) => streams));
  };
  await expect.poll(streams, { timeout: 15_000 }).toEqual([]);
}

it.each([
  { where: 'in a folder', rounds, open: inFolder },
  { where: 'on an engine', rounds: Math.ceil(rounds / 3), open: onEngine },
])(
  'loses no acknowledged command and keeps no partial one when it is killed $rounds times with its data $where',
  async ({ rounds, open }) => {
    const random = seededRandom(seed);
    const { start, begin } = await open();
    const totals = { acknowledged: 0, unknown: 0, unknownButDone: 0, withdrawn: 0, killedStarts: 0 };
    let server = await start();
    for (let round = 1; round <= rounds; round += 1) {
      const { url } = server;
      const login = { grant_type: 'client_credentials', client_id: 'desk', client_secret: 'secret' };
      const { body: token } = await requestToken(url, login);
      const enough = countdown(Math.ceil(random() * mostAnswers));
      const storm = new CommandStorm({
        caller: new Caller(url, token),
        requestToken: (form) => guestToken(url, form),
        name: `round-${round}`,
        random,
        onAnswer: enough.count,
      });
      const raging = storm.rage();
      await Promise.race([enough.reached, raging]);
      await after(random() * longestDelayMs);
      await kill(server.program);
      await raging;
      const diedAtMs = Date.now();
      if (random() < 0.25) {
        const short = await begin();
        await after(random() * longestStartMs);
        await kill(short);
        totals.killedStarts += 1;
      }
      server = await start();
      const caller = new Caller(server.url, token);
      await untilNobodyPublishes(caller);
      const findings = await checkAfterStorm(storm.journal, caller, diedAtMs);
      await checkBelongings(storm.journal, caller);
      await checkVersionsGoOn(caller);
      totals.acknowledged += findings.acknowledged;
      totals.unknown += findings.unknown;
      totals.unknownButDone += findings.unknownButDone;
      totals.withdrawn += findings.withdrawn;
    }
    await kill(server.program);
    // A storm that reached nothing would prove nothing.
    expect(totals.acknowledged).toBeGreaterThan(rounds * 10);
    expect(totals.unknown).toBeGreaterThan(0);
    expect(totals.withdrawn).toBeGreaterThan(0);
    if (process.env['PARLEY_KILL_ROUNDS'] !== undefined) {
      process.stdout.write(`${JSON.stringify({ rounds, seed, ...totals })}\n`);
    }
  },
  rounds * 10_000 + 30_000,
);
