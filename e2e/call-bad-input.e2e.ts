import { errorText, textsIn } from '@parley-rtc/elements/headless';
import { test, type Browser, type Locator } from '@playwright/test';
import { ApiGuest } from './support/api-guest.ts';
import { CallPage } from './support/call-page.ts';
import { newRoom } from './support/caller.ts';
import { examine } from './support/examine-state.ts';
import { expect } from './support/expect.ts';
import { OwnServer } from './support/own-server.ts';

type Texts = ReturnType<typeof textsIn>;

/** What goes wrong before a call, and what the user then reads. */
interface BadInput {
  readonly what: string;
  /** Names its pictures and its layout. */
  readonly state: string;
  readonly open: (browser: Browser) => Promise<CallPage>;
  /** Where the words are. Default: anywhere in the call. */
  readonly where?: (side: CallPage) => Locator;
  readonly says: (texts: Texts) => readonly string[];
  /** What the user can do about it: the name of a button. */
  readonly wayOut?: (texts: Texts) => string;
}

// Several of them start servers, or wait as long as a user would.
test.describe.configure({ timeout: 150_000 });

let server: OwnServer;
test.beforeAll(async () => {
  server = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
});
test.afterAll(() => server.close());

/** Makes the browser refuse devices. These run in the page. */
const refusing = {
  denied: () => {
    const refuse = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = refuse;
  },
  inUse: () => {
    const refuse = () => Promise.reject(new DOMException('in use', 'NotReadableError'));
    if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = refuse;
  },
  noDevices: () => {
    if (!navigator.mediaDevices) return;
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
    navigator.mediaDevices.enumerateDevices = () => Promise.resolve([]);
  },
  noWebRtc: () => void Reflect.deleteProperty(window, 'RTCPeerConnection'),
  insecure: () => void Object.defineProperty(window, 'isSecureContext', { value: false }),
};

async function pressJoin(side: CallPage): Promise<CallPage> {
  for (const device of ['Camera', 'Microphone']) {
    await side.lobby.getByRole('button', { name: device, exact: true }).click();
  }
  await side.lobby.getByLabel('Your name').fill('Ada');
  await side.lobby.getByRole('button', { name: 'Join call' }).click();
  return side;
}

/** A call in which a moderator has done something before anybody else joins. */
async function moderated(browser: Browser, act: (host: ApiGuest) => Promise<unknown>): Promise<CallPage> {
  const { conferenceId } = await server.openConference();
  const host = await ApiGuest.join(await server.invite(conferenceId, { moderator: true }), { name: 'Host' });
  await act(host);
  return await CallPage.open(browser, await server.invite(conferenceId));
}

const inLobby = ({ lobby }: CallPage): Locator => lobby.getByRole('alert');
const tryAgain = (texts: Texts): string => texts['lobby.try-again'];

const table: readonly BadInput[] = [
  {
    what: 'no camera and no microphone',
    state: 'bad-no-devices',
    open: (browser) => CallPage.open(browser, newRoom(), { before: refusing.noDevices }),
    where: inLobby,
    says: (texts) => [errorText(texts, { code: 'ERR_DEVICE_NOT_FOUND', kind: 'camera and microphone' })],
    wayOut: tryAgain,
  },
  {
    what: 'a denied permission',
    state: 'bad-denied',
    open: (browser) => CallPage.open(browser, newRoom(), { before: refusing.denied }),
    where: inLobby,
    says: (texts) => [errorText(texts, { code: 'ERR_DEVICE_DENIED', kind: 'camera and microphone' })],
    wayOut: tryAgain,
  },
  {
    what: 'devices that another program uses',
    state: 'bad-in-use',
    open: (browser) => CallPage.open(browser, newRoom(), { before: refusing.inUse }),
    where: inLobby,
    says: (texts) => [errorText(texts, { code: 'ERR_DEVICE_IN_USE', kind: 'camera and microphone' })],
    wayOut: tryAgain,
  },
  {
    what: 'a browser without WebRTC',
    state: 'bad-no-webrtc',
    open: (browser) => CallPage.open(browser, newRoom(), { before: refusing.noWebRtc }),
    says: (texts) => [texts['unsupported.title'], texts['unsupported.hint']],
  },
  {
    what: 'an insecure origin',
    state: 'bad-insecure',
    open: (browser) => CallPage.open(browser, newRoom(), { before: refusing.insecure }),
    says: (texts) => [texts['insecure.title'], texts['insecure.hint']],
  },
  {
    what: 'a wrong or expired ticket',
    state: 'bad-ticket',
    open: (browser) => CallPage.open(browser, { server: server.url, ticket: 'wrong', conferenceId: '' }),
    says: (texts) => [texts['ended.expired'], texts['ended.expired-hint']],
    wayOut: (texts) => texts['ended.try-again'],
  },
  {
    what: 'a call that is over',
    state: 'bad-over',
    // The lobby alone shows it.
    open: async (browser) => {
      const { conferenceId } = await server.openConference();
      const invitation = await server.invite(conferenceId);
      const host = await ApiGuest.join(await server.invite(conferenceId, { moderator: true }), {});
      await host.do('end');
      return await CallPage.open(browser, invitation);
    },
    says: (texts) => [texts['ended.gone'], texts['ended.gone-hint']],
    wayOut: (texts) => texts['ended.try-again'],
  },
  {
    what: 'a full call',
    state: 'bad-full',
    open: async (browser) =>
      pressJoin(await moderated(browser, (host) => host.setMetadata('participant_limit', '1'))),
    where: inLobby,
    says: (texts) => [texts['error.ERR_CONFERENCE_FULL']],
    wayOut: (texts) => texts['lobby.join'],
  },
  {
    what: 'a server that cannot be reached',
    state: 'bad-no-server',
    open: async (browser) => {
      const { ticket, conferenceId } = await server.openConference();
      const away = { server: 'http://localhost:9', ticket, conferenceId };
      return pressJoin(await CallPage.open(browser, away));
    },
    where: inLobby,
    says: (texts) => [texts['error.ERR_CONNECTION']],
    wayOut: (texts) => texts['lobby.join'],
  },
];

for (const { what, state, open, where, says, wayOut } of table) {
  test(`${what} has a designed, translated, accessible state`, async ({ browser }) => {
    const side = await open(browser);
    const all = side.page.locator('parley-call');
    for (const language of ['en', 'de', 'el']) {
      await expect.poll(() => language === 'en' || textsIn(language) !== textsIn('en')).toBe(true);
      await side.page.evaluate((lang) => {
        document.documentElement.lang = lang;
      }, language);
      const texts = textsIn(language);
      for (const text of says(texts)) await expect((where?.(side) ?? all).getByText(text)).toBeVisible();
      const button = wayOut?.(texts);
      if (button !== undefined) await expect(all.getByRole('button', { name: button })).toBeVisible();
      // Nothing for developers.
      await expect(all).not.toContainText(/ERR_|undefined|\[object/);
    }
    await side.page.evaluate(() => {
      document.documentElement.lang = 'en';
    });
    await examine(side, state);
    await side.close();
  });
}

test('another ticket opens the call after one that was refused, and the camera is off in between', async ({
  browser,
}) => {
  const { conferenceId } = await server.openConference();
  const ada = await CallPage.open(browser, { server: server.url, ticket: 'wrong', conferenceId: '' });
  const heading = ada.page.getByRole('heading', { name: 'This invitation no longer works' });
  await expect(heading).toBeVisible();
  await ada.page.getByRole('button', { name: 'Try again' }).click();
  await expect(heading).toBeVisible();
  const { ticket } = await server.invite(conferenceId);
  await ada.page
    .locator('parley-call')
    .evaluate((call, another) => call.setAttribute('ticket', another), ticket);
  await ada.join('Ada');
  await ada.close();
});

test('a ticket function is called again after an expired ticket, and for another call', async ({
  browser,
}) => {
  const { conferenceId } = await server.openConference();
  const tickets = await Promise.all([1, 2].map(async () => (await server.invite(conferenceId)).ticket));
  const ada = await CallPage.open(browser, { server: server.url, ticket: 'wrong', conferenceId: '' });
  // Only then: the element reads its ticket once its code has loaded.
  await expect(ada.page.getByRole('button', { name: 'Try again' })).toBeVisible();
  await ada.page.locator('parley-call').evaluate(
    (call, list) => {
      let asked = 0;
      const ticket = () => {
        document.title = `asked ${asked + 1}`;
        return list[asked++] ?? 'wrong';
      };
      Object.assign(call, { ticket });
    },
    ['expired', ...tickets],
  );
  await ada.page.getByRole('button', { name: 'Try again' }).click();
  await expect(ada.page).toHaveTitle('asked 1');
  await ada.page.getByRole('button', { name: 'Try again' }).click();
  await ada.joinSilently('Ada');
  await expect(ada.page).toHaveTitle('asked 2');
  await ada.button('Leave').click();
  await ada.page.getByRole('button', { name: 'Rejoin' }).click();
  await expect(ada.stage).toBeVisible();
  await expect(ada.page).toHaveTitle('asked 3');
  await ada.close();
});

test('49 participants with names in every script, of 200 characters and hostile ones fit in every size', async ({
  browser,
}) => {
  const { conferenceId } = await server.openConference();
  const hostile = [
    '<img src=x onerror="document.title=1">',
    '‮dlrow olleh',
    '{name}',
    'x'.repeat(200),
    '   ',
  ];
  const scripts = ['李小龙', 'محمد علي', 'Σοφία', 'Дарья', 'สมชาย ใจดี', 'प्रियंका', 'נעמי', '👩‍👩‍👧'];
  const names = [...hostile, ...scripts, ...Array.from({ length: 35 }, (_, index) => `Guest ${index}`)];
  for (const name of names) await ApiGuest.join(await server.invite(conferenceId), { name });
  const ada = await CallPage.open(browser, await server.invite(conferenceId));
  await expect(ada.lobby).toContainText(/are here|others/);
  await ada.joinSilently('Ada');
  await ada.page.keyboard.press('p');
  await expect(ada.page.locator('parley-people')).toContainText('49 people');
  await ada.page.keyboard.press('Escape');
  await examine(ada, 'bad-crowd');
  expect(await ada.page.title()).toBe('A call');
  await ada.close();
});

test('a server that is gone for a second is said, and the call goes on', async ({ browser }) => {
  const own = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
  const ada = await CallPage.open(browser, await own.openConference());
  await ada.joinSilently('Ada');
  await own.kill();
  const notices = ada.page.locator('parley-notices');
  await expect(notices).toContainText('Reconnecting…');
  await own.startAgain();
  await expect(notices).not.toContainText('Reconnecting…', { timeout: 30_000 });
  await expect(ada.tiles('You')).toBeVisible();
  await ada.close();
  await own.close();
});

test('a server that is gone for a minute, or for good, is said all the time, and the user can leave', async ({
  browser,
}) => {
  const own = await OwnServer.start({ PARLEY_RATE_LIMITS: 'off' });
  const ada = await CallPage.open(browser, await own.openConference());
  await ada.page.clock.install();
  await ada.joinSilently('Ada');
  await own.kill();
  const notices = ada.page.locator('parley-notices');
  await expect(notices).toContainText('Reconnecting…');
  await ada.page.clock.runFor(60_000);
  await expect(notices).toContainText('Reconnecting…');
  await examine(ada, 'bad-server-away');
  await ada.button('Leave').click();
  await expect(ada.page.getByRole('heading', { name: 'You left the call' })).toBeVisible();
  await ada.close();
  await own.close();
});
