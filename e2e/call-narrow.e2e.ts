import { test } from '@playwright/test';
import { accessibilityProblems } from './support/accessibility-problems.ts';
import { CallPage, type CallPageOptions } from './support/call-page.ts';
import { newRoom } from './support/caller.ts';
import { expect } from './support/expect.ts';
import { layoutProblems } from './support/layout-of.ts';

const pictures = 'test-results/call-states';

/** Buttons of a page's own, whose clicks the page counts. */
function addOwnButtons(call: HTMLElement): void {
  for (const name of ['Notes', 'Files']) {
    const button = Object.assign(document.createElement('button'), { textContent: name, slot: 'controls' });
    button.addEventListener('click', () => (document.title = `${name} pressed`));
    call.append(button);
  }
}

/** How many toggles of the lobby are not on one line with the menu beside them. */
function unlevelToggles(): number {
  const root = document.querySelector('parley-call')?.shadowRoot?.querySelector('parley-lobby')?.shadowRoot;
  const middle = (element: Element | null | undefined): number => {
    const { top = 0, height = 0 } = element?.getBoundingClientRect() ?? {};
    return top + height / 2;
  };
  return Array.from(root?.querySelectorAll('.toggle > button') ?? []).filter(
    (button) => Math.abs(middle(button) - middle(button.nextElementSibling)) > 2,
  ).length;
}

const views: readonly {
  readonly title: string;
  readonly options: CallPageOptions;
  readonly textShare?: number;
}[] = [
  { title: 'a phone', options: { viewport: { width: 390, height: 844 } } },
  { title: 'the smallest phone', options: { viewport: { width: 320, height: 568 } } },
  { title: 'a phone on its side', options: { viewport: { width: 740, height: 360 } } },
  { title: 'a window of 1280 pixels at 400 % zoom', options: { viewport: { width: 320, height: 200 } } },
  { title: 'a phone with text of 200 %', options: { viewport: { width: 390, height: 844 } }, textShare: 2 },
  {
    title: 'a desktop with text of 200 %',
    options: { viewport: { width: 1280, height: 800 } },
    textShare: 2,
  },
  {
    title: 'a phone from right to left',
    options: { viewport: { width: 390, height: 844 }, lang: 'de', dir: 'rtl' },
  },
  {
    title: 'a phone with forced colours',
    options: { viewport: { width: 390, height: 844 }, forcedColors: 'active' },
  },
];

for (const { title, options, textShare = 1 } of views) {
  test(`every button is within reach, in the bar or in the menu, on ${title}`, async ({ browser }) => {
    const ada = await CallPage.open(browser, newRoom(), options);
    const { page } = ada;
    await page.addStyleTag({ content: `html { font-size: ${textShare * 100}% }` });
    const isGerman = options.lang === 'de';
    await ada.withElement(addOwnButtons);
    expect.soft(await layoutProblems(page), 'lobby').toEqual([]);
    expect.soft(await page.evaluate(unlevelToggles), 'toggles beside their menus').toBe(0);
    await page.screenshot({ path: `${pictures}/narrow-lobby-${title.replaceAll(/\W+/g, '-')}.png` });
    await page.locator('parley-lobby input').fill('Ada');
    await page.locator('parley-lobby .primary').click();
    await expect(ada.stage).toBeVisible();

    const bar = page.locator('parley-controls');
    const more = bar.getByRole('button', { name: isGerman ? 'Mehr' : 'More' });
    await expect(more).toBeVisible();
    expect.soft(await layoutProblems(page), 'call').toEqual([]);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(isWider, 'it scrolls sideways').toBe(false);
    // The keyboard reaches the menu, and everything in it.
    await more.focus();
    await page.keyboard.press('Enter');
    const items = page.getByRole('menuitem');
    await expect(items.first()).toBeFocused();
    const menu = await page.getByRole('menu').boundingBox();
    const { width = 0 } = page.viewportSize() ?? {};
    expect.soft(menu?.x, 'the menu begins in the window').toBeGreaterThanOrEqual(0);
    expect.soft((menu?.x ?? 0) + (menu?.width ?? 0), 'the menu ends in it').toBeLessThanOrEqual(width);
    await page.screenshot({ path: `${pictures}/narrow-${title.replaceAll(/\W+/g, '-')}.png` });
    const offered = [
      ...(await bar.getByRole('button').evaluateAll((buttons) => buttons.map(({ ariaLabel }) => ariaLabel))),
      ...(await items.allInnerTexts()),
      ...(await page.locator('parley-call > button:not([data-away])').allInnerTexts()),
    ].map((name) => (name ?? '').trim());
    const needed = isGerman
      ? ['Bildschirm teilen', 'Hand heben', 'Chat', 'Teilnehmende', 'Verlassen', 'Notes', 'Files']
      : ['Share screen', 'Raise hand', 'Chat', 'People', 'Leave', 'Notes', 'Files'];
    for (const name of needed)
      expect
        .soft(
          offered.filter((one) => one === name),
          name,
        )
        .toHaveLength(1);
    expect.soft(await accessibilityProblems(page, { isWhole: true })).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(more).toBeFocused();
    await ada.close();
  });
}

test('a button of the page works in the bar and in the menu, and the focus survives a window that gets narrow', async ({
  browser,
}) => {
  const ada = await CallPage.open(browser, newRoom(), { viewport: { width: 1280, height: 800 } });
  await ada.withElement(addOwnButtons);
  await ada.joinSilently('Ada');
  await ada.page.getByRole('button', { name: 'Files' }).click();
  await expect(ada.page).toHaveTitle('Files pressed');
  await ada.button(/^People/).focus();
  await ada.page.setViewportSize({ width: 360, height: 640 });
  await expect(ada.button('More')).toBeFocused();
  await ada.chooseMore('Notes');
  await expect(ada.page).toHaveTitle('Notes pressed');
  await ada.chooseMore('People');
  await expect(ada.page.locator('parley-people')).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(ada.button('More')).toBeFocused();
  await ada.page.setViewportSize({ width: 1280, height: 800 });
  await expect(ada.button(/^People/)).toBeVisible();
  await ada.close();
});
