import { test, type Browser } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { expectToGrow } from './support/expect-to-grow.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

const codes = [11, 22, 33];

interface Call {
  readonly server: OwnServer;
  readonly conferenceId: string;
  readonly callers: readonly Caller[];
}

/** Opens a call of three, whose app asks a back end for tokens. The back end creates the conference if it is gone. */
async function openCall(browser: Browser, server: OwnServer): Promise<Call> {
  const { conferenceId } = await server.openConference();
  const invite = () => server.openConference(conferenceId);
  const callers = await Promise.all(codes.map(() => Caller.open(browser)));
  for (const [index, caller] of callers.entries()) {
    await caller.page.exposeFunction('askForTicket', async () => (await invite()).ticket);
    await caller.joinAt({ ...(await invite()), renewTicket: 'askForTicket' }, `guest ${index}`);
  }
  for (const [index, caller] of callers.entries()) await caller.publish(codes[index] ?? 0);
  const call = { server, conferenceId, callers };
  await expectWholeCall(call);
  return call;
}

/** Waits until every page has the server's state, and shows the video of all other participants. */
async function expectWholeCall({ server, conferenceId, callers }: Call): Promise<void> {
  await expect
    .poll(
      async () => {
        // Rejects until a page has asked the back end for a token, which creates the conference again.
        const truth = (await server.readConference(conferenceId).catch(() => ({}))) as Partial<State>;
        const { participants = [] } = truth;
        const states = await Promise.all(callers.map(({ page }) => page.evaluate(stateOfPage)));
        const streams = participants.flatMap((participant) => participant.streams ?? []);
        const isEqual = ({ connection, versionId }: State) =>
          connection === 'connected' && versionId === truth.versionId;
        return { streams: streams.length, areEqual: states.every(isEqual) };
      },
      { timeout: 25_000 },
    )
    .toEqual({ streams: 3, areEqual: true });
  for (const [index, caller] of callers.entries()) {
    await caller.expectVideoOf(...codes.filter((_code, other) => other !== index));
    await expectToGrow(async () => (await caller.received()).framesDecoded, 10);
    await expect.poll(() => caller.page.evaluate(() => window.probe.openPeerConnections())).toBe(3);
  }
}

interface State {
  readonly connection: string;
  readonly versionId: string | undefined;
  readonly participants: readonly { readonly streams?: readonly unknown[] }[];
}

/** Runs in the page. */
function stateOfPage(): State {
  const { connection, conference } = window.conference.state.getSnapshot();
  const { versionId, participants } = conference;
  return { connection, versionId, participants };
}

async function setTopics(caller: Caller | undefined, prefix: string, count: number): Promise<void> {
  await caller?.page.evaluate(
    async ([prefix, count]) => {
      for (let number = 0; number < count; number += 1) {
        await window.conference.setMetadata('topic', `${prefix} ${number}`);
      }
    },
    [prefix, count] as const,
  );
}

test('all participants recover with video after a restart that lost everything', async ({ browser }) => {
  // The default: no data folder.
  const server = await OwnServer.start({ PARLEY_DATA_DIR: '' });
  const call = await openCall(browser, server);
  const { callers } = call;
  await setTopics(callers[0], 'old', 30);
  await server.kill();
  await server.startAgain();
  const startedAtMs = Date.now();
  await expectWholeCall(call);
  console.log(`whole call after a restart without data: ${Date.now() - startedAtMs} ms`);
  await Promise.all(callers.map((caller) => caller.close()));
  await server.close();
});

test('all participants recover with video after a backup was restored', async ({ browser }) => {
  const server = await OwnServer.start();
  const call = await openCall(browser, server);
  const { callers } = call;
  server.backUp();
  await setTopics(callers[0], 'lost', 30);
  await server.kill();
  server.restore();
  await server.startAgain();
  const startedAtMs = Date.now();
  await expectWholeCall(call);
  console.log(`whole call after a backup was restored: ${Date.now() - startedAtMs} ms`);
  await setTopics(callers[1], 'new', 1);
  await expect
    .poll(() => Promise.all(callers.map(({ page }) => page.evaluate(topicOfPage))))
    .toEqual(['new 0', 'new 0', 'new 0']);
  await Promise.all(callers.map((caller) => caller.close()));
  await server.close();
});

/** Runs in the page. */
function topicOfPage(): string | undefined {
  return window.conference.state.getSnapshot().conference.metadata['topic']?.value;
}
