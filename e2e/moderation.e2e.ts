import { test, type Browser } from '@playwright/test';
import { Caller } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

let server: OwnServer;
test.beforeAll(async () => {
  server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(() => server.close());

/** A conference with a host, who has joined, and invitations for guests. */
async function hostedCall(browser: Browser) {
  const { conferenceId } = await server.openConference();
  const hostTicket = await server.invite(conferenceId, { moderator: true });
  const host = await Caller.open(browser);
  await host.joinAt(hostTicket, 'Host');
  const invite = (properties?: object) => server.invite(conferenceId, properties);
  const enter = async (name: string, properties?: object): Promise<Caller> => {
    const guest = await Caller.open(browser);
    await guest.joinAt(await invite(properties), name);
    return guest;
  };
  return { conferenceId, hostTicket, host, invite, enter };
}

const endpointIdOf = ({ page }: Caller) => page.evaluate(() => window.conference.endpointId);
const connectionOf = ({ page }: Caller) =>
  page.evaluate(() => window.conference.state.getSnapshot().connection);
const waitsOf = ({ page }: Caller) => page.evaluate(() => (window.waits ?? []).map(({ message }) => message));
const guestsOf = ({ page }: Caller) =>
  page.evaluate(() =>
    window.conference.waitingRoom.getSnapshot().map((guest) => {
      const { name, isVerified, role } = window.Parley.displayNameOf(guest);
      return [name, isVerified, role ?? ''].join(' ').trim();
    }),
  );

/** Moderates as a host. */
function moderate<Argument>(
  { page }: Caller,
  what: (argument: Argument) => Promise<unknown>,
  argument: Argument,
): Promise<unknown> {
  return page.evaluate(what as (argument: unknown) => Promise<unknown>, argument);
}

/** What a caller's open connections have sent or received, in packets, and decoded, in frames. */
function countsOf({ page }: Caller): Promise<{ packets: number; frames: number }> {
  return page.evaluate(async () => {
    let [packets, frames] = [0, 0];
    for (const peer of window.probe.peerConnections()) {
      if (peer.connectionState === 'closed') continue;
      for (const stats of (await peer.getStats()).values() as Iterable<Record<string, unknown>>) {
        packets += Number(stats['type'] === 'outbound-rtp' ? stats['packetsSent'] : 0);
        frames += Number(stats['type'] === 'inbound-rtp' ? (stats['framesDecoded'] ?? 0) : 0);
      }
    }
    return { packets, frames };
  });
}

/** Waits until a caller has sent this many more packets. */
async function untilSent(caller: Caller, more: number): Promise<void> {
  const { packets } = await countsOf(caller);
  await expect.poll(async () => (await countsOf(caller)).packets).toBeGreaterThan(packets + more);
}

test('a mute by the host stops what a hostile page goes on sending, until its user unmutes', async ({
  browser,
}) => {
  const { host, enter } = await hostedCall(browser);
  const eve = await enter('Eve');
  await eve.publish(7, 440);
  await host.expectVideoOf(7);
  await expect.poll(() => host.tonesHz()).toEqual([440]);

  const eveId = await endpointIdOf(eve);
  await moderate(
    host,
    async (id) => {
      const { moderation } = window.conference;
      await Promise.all([moderation.mute(id, 'audio'), moderation.mute(id, 'video')]);
    },
    eveId,
  );
  const hostId = await endpointIdOf(host);
  const mutedBy = () =>
    eve.page.evaluate(() =>
      (['audio', 'video'] as const).map((kind) => [
        window.mine.isMuted(kind),
        window.mine.mutedBy(kind)?.endpointId,
      ]),
    );
  await expect.poll(mutedBy).toEqual([
    [true, hostId],
    [true, hostId],
  ]);
  // The page ignores that: it sends copies of its tracks, which Parley cannot turn off.
  await eve.page.evaluate(async () => {
    const senders = window.probe.peerConnections().flatMap((peer) => peer.getSenders());
    for (const sender of senders) {
      const copy = sender.track?.clone();
      if (!copy) continue;
      copy.enabled = true;
      await sender.replaceTrack(copy);
    }
  });
  await untilSent(eve, 60);
  // Nothing that was on its way before is left. From here on, no frame may arrive.
  const before = await countsOf(host);
  await untilSent(eve, 300);
  expect((await countsOf(host)).frames - before.frames).toBe(0);
  await expect.poll(() => host.tonesHz()).toEqual([0]);

  await eve.page.evaluate(() => Promise.all([window.mine.unmute('audio'), window.mine.unmute('video')]));
  await expect.poll(() => host.tonesHz()).toEqual([440]);
  await expect.poll(async () => (await countsOf(host)).frames).toBeGreaterThan(before.frames + 30);
  await host.expectVideoOf(7);
  await eve.close();
  await host.close();
});

test('a removed guest sees why and is out, and everyone sees who did it', async ({ browser }) => {
  const { host, enter, invite } = await hostedCall(browser);
  const ticket = await invite();
  const eve = await Caller.open(browser);
  await eve.joinAt(ticket, 'Eve');
  const bob = await enter('Bob');
  await eve.page.evaluate(async () => {
    window.mine = await window.conference.publishStream({ camera: true, microphone: true });
  });
  await bob.page.evaluate(() => {
    window.conference.on('participant-left', ({ removedBy, reason, isBanned }) => {
      window.diary.push(`removed ${removedBy?.endpointId} ${reason} ${isBanned}`);
    });
  });
  const tracks = await eve.page.evaluateHandle(() => window.mine.mediaStream.getTracks());
  await moderate(
    host,
    (id) => window.conference.moderation.remove(id, { reason: 'Spam', ban: true }),
    await endpointIdOf(eve),
  );
  await expect.poll(() => connectionOf(eve)).toBe('removed');
  const hostId = await endpointIdOf(host);
  const { userId } = await host.page.evaluate(
    () => window.Parley.selectSelf(window.conference.state.getSnapshot()) ?? { userId: '' },
  );
  expect(await eve.page.evaluate(() => window.conference.state.getSnapshot().removal)).toEqual({
    reason: 'Spam',
    removedBy: { endpointId: hostId, userId },
    isBanned: true,
  });
  expect(await tracks.evaluate((all) => all.map(({ readyState }) => readyState))).toEqual(['ended', 'ended']);
  expect(await eve.page.evaluate(() => window.probe.openPeerConnections())).toBe(0);
  await expect.poll(() => bob.diary()).toContain(`removed ${hostId} Spam true`);

  // Her ticket no longer works.
  await expect(eve.joinAt(ticket, 'Eve')).rejects.toThrow(/banned/);
  // The host and Bob go on.
  await bob.publish(3);
  await host.expectVideoOf(3);
  for (const caller of [eve, bob, host]) await caller.close();
});

test('a guest who was offline when it was banned learns of it when its login is over', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const { host, invite, conferenceId } = await hostedCall(browser);
  const ticket = await invite({ customer_id: `eve-${crypto.randomUUID()}` });
  const eve = await Caller.open(browser);
  await eve.joinAt(ticket, 'Eve');
  const eveId = await endpointIdOf(eve);
  // Another login of the same user, to see when its tokens end.
  const { access_token: token } = (await (
    await fetch(`${server.url}/security/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('customer:')}` },
      body: new URLSearchParams({ grant_type: 'password', username: ticket.ticket, password: '' }),
    })
  ).json()) as { access_token: string };
  await eve.page.context().setOffline(true);
  await expect.poll(() => connectionOf(eve)).toBe('reconnecting');
  await moderate(host, (id) => window.conference.moderation.remove(id, { ban: true }), eveId);
  const headers = { authorization: `Bearer ${token}` };
  const read = async () =>
    (await fetch(`${server.url}/rtc-api/conferences/${conferenceId}`, { headers })).status;
  await expect.poll(read, { timeout: 30_000 }).toBe(401);
  await eve.page.context().setOffline(false);
  await expect.poll(() => connectionOf(eve), { timeout: 30_000 }).toBe('removed');
  expect(await eve.page.evaluate(() => window.conference.state.getSnapshot().removal?.isBanned)).toBe(true);
  await eve.close();
  await host.close();
});

test('nobody new enters a locked conference, but a guest who was inside comes back', async ({ browser }) => {
  const { host, enter, invite } = await hostedCall(browser);
  // Without an id, each login of a ticket is a user of its own.
  const ticket = await invite({ customer_id: `bob-${crypto.randomUUID()}` });
  const bob = await Caller.open(browser);
  await bob.joinAt(ticket, 'Bob');
  await moderate(host, () => window.conference.moderation.lock(), undefined);
  await expect
    .poll(() => bob.page.evaluate(() => window.Parley.selectLock(window.conference.state.getSnapshot())))
    .toMatchObject({ lockedBy: { endpointId: await endpointIdOf(host) } });
  await expect(enter('Eve')).rejects.toThrow(/ConferenceLockedError/);
  await bob.leave();
  await bob.joinAt(ticket, 'Bob');
  expect(await connectionOf(bob)).toBe('connected');
  await moderate(host, () => window.conference.moderation.unlock(), undefined);
  const eve = await enter('Eve');
  expect(await connectionOf(eve)).toBe('connected');
  for (const caller of [eve, bob, host]) await caller.close();
});

test('guests wait until a host decides, although the host reloads and the server is killed meanwhile', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const own = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
  const { conferenceId } = await own.openConference();
  const hostTicket = await own.invite(conferenceId, { moderator: true });
  const host = await Caller.open(browser);
  await host.joinAt(hostTicket, 'Host');
  await moderate(host, (message) => window.conference.moderation.openLobby({ message }), 'Five minutes');

  const watch = () => host.page.evaluate(() => void window.conference.waitingRoom.subscribe(() => {}));
  await watch();
  const [eve, mallory] = [await Caller.open(browser), await Caller.open(browser)];
  const verified = { name: 'Dr Eve', role: 'doctor' };
  const eveJoins = eve.joinAt(await own.invite(conferenceId, { verified }), 'Eve');
  await expect.poll(() => waitsOf(eve)).toEqual(['Five minutes']);
  const malloryJoins = mallory.joinAt(await own.invite(conferenceId), 'Dr Eve').catch(String);
  const both = ['Dr Eve true doctor', 'Dr Eve false'];
  await expect.poll(() => guestsOf(host)).toEqual(both);

  await host.reload();
  await host.joinAt(hostTicket, 'Host');
  await watch();
  await expect.poll(() => guestsOf(host)).toEqual(both);
  await moderate(host, (message) => window.conference.moderation.openLobby({ message }), 'One minute');
  await expect.poll(() => waitsOf(eve)).toEqual(['Five minutes', 'One minute']);

  await own.kill();
  await expect.poll(() => connectionOf(host)).toBe('reconnecting');
  await own.startAgain();
  await expect.poll(() => connectionOf(host), { timeout: 30_000 }).toBe('connected');
  await expect.poll(() => guestsOf(host), { timeout: 30_000 }).toEqual(both);

  const decided = await host.page.evaluate(async () => {
    const { waitingRoom } = window.conference;
    const [first, second] = waitingRoom.getSnapshot();
    const outcomes = await Promise.all([
      waitingRoom.admit(first?.endpointId ?? ''),
      waitingRoom.deny(second?.endpointId ?? '', { message: 'I do not know you' }),
    ]);
    return outcomes.flat().map(({ decision }) => decision);
  });
  expect(decided).toEqual(['ADMITTED', 'DENIED']);
  await eveJoins;
  expect(await malloryJoins).toContain('EntryDeniedError: A moderator denied entry (I do not know you).');
  await expect.poll(() => guestsOf(host)).toEqual([]);
  const seen = await host.page.evaluate(() =>
    window.Parley.selectRemoteParticipants(window.conference.state.getSnapshot()).map((participant) =>
      window.Parley.displayNameOf(participant),
    ),
  );
  expect(seen).toEqual([{ name: 'Dr Eve', isVerified: true, role: 'doctor' }]);
  await eve.publish(5);
  await host.expectVideoOf(5);
  for (const caller of [eve, mallory, host]) await caller.close();
  await own.close();
});

test('a guest who goes away gives up its place', async ({ browser }) => {
  const { host, invite } = await hostedCall(browser);
  await moderate(host, () => window.conference.moderation.openLobby(), undefined);
  await host.page.evaluate(() => void window.conference.waitingRoom.subscribe(() => {}));
  const eve = await Caller.open(browser);
  const joining = eve.joinAt(await invite(), 'Eve').catch(String);
  await expect.poll(() => guestsOf(host)).toEqual(['Eve false']);
  await eve.page.goto('about:blank');
  await joining;
  await expect.poll(() => guestsOf(host)).toEqual([]);
  await eve.close();
  await host.close();
});

test('a listen-only guest hears, opens no device, and speaks only while the host permits it', async ({
  browser,
}) => {
  const { host, enter } = await hostedCall(browser);
  await host.publish(9, 660);
  const eve = await enter('Eve', { permissions: { publish: [], send: false } });
  await expect.poll(() => eve.tonesHz()).toEqual([660]);
  await eve.page.evaluate(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = (constraints) => {
      window.diary.push('device opened');
      return open(constraints);
    };
  });
  const tries = () =>
    eve.page.evaluate(() =>
      Promise.all(
        [
          () => window.conference.publishStream({ microphone: true }),
          () => window.conference.send('chat', 'Hi'),
        ].map((act) =>
          act().then(
            () => 'done',
            ({ code }: { code: string }) => code,
          ),
        ),
      ),
    );
  expect(await tries()).toEqual(['ERR_NOT_PERMITTED', 'ERR_NOT_PERMITTED']);
  expect(await eve.diary()).not.toContain('device opened');

  const eveId = await endpointIdOf(eve);
  const permit = (canSpeak: boolean) =>
    moderate(
      host,
      ({ id, canSpeak }) =>
        window.conference.moderation.setPermissions(id, {
          publish: canSpeak ? ['MIC'] : [],
          send: canSpeak,
        }),
      { id: eveId, canSpeak },
    );
  const sources = () =>
    eve.page.evaluate(
      () => window.Parley.selectPermissions(window.conference.state.getSnapshot()).publishSources,
    );
  await permit(true);
  await expect.poll(sources).toEqual(['MIC']);
  await eve.page.evaluate(async () => {
    window.mine = await window.conference.publishStream({ microphone: true });
  });
  await expect.poll(() => host.page.evaluate(() => window.views.size)).toBe(1);
  await permit(false);
  await expect.poll(sources).toEqual([]);
  await expect.poll(() => eve.diary()).toContainEqual(expect.stringContaining('error ERR_NOT_PERMITTED'));
  const state = await eve.page.evaluate(() => [
    window.mine.connectionState,
    ...window.mine.mediaStream.getTracks().map(({ readyState }) => readyState),
  ]);
  expect(state).toEqual(['closed', 'ended']);
  await expect.poll(() => host.page.evaluate(() => window.views.size)).toBe(0);
  // She still hears.
  expect(await eve.tonesHz()).toEqual([660]);
  await eve.close();
  await host.close();
});
