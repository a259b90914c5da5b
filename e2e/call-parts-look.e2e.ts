import { test, type Browser, type BrowserContextOptions } from '@playwright/test';
import { ApiGuest } from './support/api-guest.ts';
import { expect } from './support/expect.ts';
import { HostedParts } from './support/hosted-parts.ts';

let parts: HostedParts;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  parts = await HostedParts.start();
});
test.afterAll(() => parts.close());

/** Names in many scripts, short and long, with and without marks, as people have them. */
const names = [
  'Ada Lovelace',
  'محمد بن موسى الخوارزمي',
  '李小龙',
  'Μαρία Παπαδοπούλου-Κωνσταντίνου',
  'נעמי שמר',
  'สมชาย ใจดี',
  'प्रियंका चोपड़ा',
  'Nguyễn Thị Minh Khai',
  '🦊 Fox',
  `Wolfeschlegelsteinhausenbergerdorff ${'von und zu Hohenlangenburg '.repeat(6)}`.slice(0, 200),
  'x'.repeat(200),
  'Zoë',
];

/** A call with all of them, in which the host has much to look at. */
async function fullCall(browser: Browser, options: BrowserContextOptions = {}) {
  const call = await parts.openCall(browser, options);
  const { invite } = call;
  const ticket = await invite({ verified: { name: 'Dr Grace Hopper', role: 'Rear admiral' } });
  await ApiGuest.join(ticket, {});
  const raised = { isHandRaised: true, handRaisedAt: new Date().toISOString() };
  await Promise.all(
    names.map(async (name, index) => ApiGuest.join(await invite(), { name, ...(index === 1 && raised) })),
  );
  return call;
}

const title =
  'every panel is accessible in light and dark colours, from 280 pixels on and in both directions';
// The colours and names that axe checks are the same in all browsers.
test(title, { tag: '@chromium' }, async ({ browser }, testInfo) => {
  test.setTimeout(120_000);
  const { host, enter, invite } = await fullCall(browser, { colorScheme: 'light' });
  const { page } = host;
  const look = async (name: string): Promise<void> => {
    for (const [widthPx, direction] of [
      [280, 'ltr'],
      [360, 'ltr'],
      [400, 'rtl'],
    ] as const) {
      await host.resizePanel(widthPx, direction);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const picture = `${name}-${widthPx}-${direction}-${colorScheme}.png`;
        await page.screenshot({ path: testInfo.outputPath(picture) });
        const problems = await host.accessibilityProblems({ coloursOnly: colorScheme === 'dark' });
        expect.soft(problems, `${name} at ${widthPx} px, ${direction}, ${colorScheme}`).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'light' });
      expect.soft(await host.isPanelTooWide(), `${name} at ${widthPx} px, ${direction}`).toBe(false);
    }
  };
  const ada = await enter('Ada Byron');
  await page.locator('parley-notices').getByText('joined').first().waitFor();
  await ada.show('parley-chat');
  const chat = await host.show('parley-chat');
  await look('chat-empty');
  await host.write('Good morning! The agenda is at https://example.org/agenda/2026-11-29?view=full.');
  await host.write('👋');
  await ada.write('Thanks 🙏 I’ll be two minutes late, my train is stuck.');
  await ada.write('See you!');
  await host.write('שלום, نتحدث لاحقا');
  // What comes later counts as unread.
  await expect(chat.getByText('See you!')).toBeVisible();
  await host.show(undefined);
  await ada.write(`Something${'long'.repeat(60)}`);
  await ada.write('I’m here now');
  await expect.poll(() => host.unreadCount()).toBe(2);
  await page.locator('parley-notices').getByText('I’m here now').waitFor();
  await host.show('parley-chat');
  await expect(chat.getByText('I’m here now')).toBeVisible();
  await look('chat');

  const people = await host.show('parley-people');
  await people.getByRole('switch', { name: 'Waiting room' }).click();
  const bob = await parts.app.open(browser);
  const eve = await parts.app.open(browser);
  const waits = [bob, eve].map(async (guest, index) => {
    await guest.join(await invite(), ['Bob the very patient one', 'إيف'][index] ?? '').catch(() => undefined);
  });
  await people.getByRole('button', { name: /^Admit: Bob/ }).waitFor();
  await people.getByRole('button', { name: 'Admit all' }).waitFor();
  const search = people.getByRole('searchbox', { name: 'Search people' });
  await search.fill('GRÁCE');
  await expect(people.locator('section:not(.waiting) li')).toHaveText(/Dr Grace Hopper/);
  await search.fill('nobody at all');
  await expect(people.getByRole('status')).toHaveText('No one by that name');
  await search.fill('');
  await look('people');
  await people.getByRole('button', { name: 'Options for Ada Byron' }).click();
  await people.getByRole('menuitem', { name: 'Remove and block' }).waitFor();
  await look('people-menu');
  await page.keyboard.press('Escape');
  await people.getByRole('button', { name: 'Options for Ada Byron' }).click();
  await people.getByRole('menuitem', { name: 'Remove and block' }).click();
  await look('people-removal');
  await people.getByRole('button', { name: 'Cancel' }).click();

  await page.evaluate(async () => {
    const { ownMedia, attempt } = window.headless.callOf(window.conference);
    await window.conference.hold();
    await ownMedia.camera.publish({ microphone: true });
    await attempt(() => window.conference.moderation.mute('nobody', 'audio'));
  });
  await host.show('parley-settings');
  await look('settings');
  await host.show('parley-invite');
  await page.locator('parley-invite svg.qr').waitFor();
  await look('invite');
  for (const one of [host, ada, bob, eve]) await one.close();
  await Promise.all(waits);
});

for (const [language, titles] of [
  ['de', { people: 'Teilnehmende', chat: 'Chat', settings: 'Einstellungen', invite: 'Andere einladen' }],
  ['el', { people: 'Συμμετέχοντες', chat: 'Συνομιλία', settings: 'Ρυθμίσεις', invite: 'Πρόσκληση άλλων' }],
] as const) {
  test(`the panels speak the page’s language and fit 280 pixels: ${language}`, async ({
    browser,
  }, testInfo) => {
    const { host, enter } = await parts.openCall(browser);
    const ada = await enter('Ada');
    await host.page.evaluate((lang) => {
      document.documentElement.lang = lang;
    }, language);
    await host.resizePanel(280, 'ltr');
    for (const [name, title] of Object.entries(titles)) {
      const panel = await host.show(`parley-${name as keyof typeof titles}`);
      await expect(panel.getByRole('heading', { name: title, exact: true })).toBeVisible();
      await host.page.screenshot({ path: testInfo.outputPath(`${name}-${language}.png`) });
      expect(await host.isPanelTooWide(), name).toBe(false);
    }
    for (const one of [host, ada]) await one.close();
  });
}
