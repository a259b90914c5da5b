import type { Page } from '@playwright/test';

/** Where each thing of a page is: “x y width height” in CSS pixels, by its name. */
export type PageLayout = Readonly<Record<string, string>>;

/** What has a place worth knowing. Notices come and go, so they are not part of a layout. */
const things =
  'h1, h2, h3, button, input, textarea, select, dialog, [role="menu"], parley-stage, parley-tile, parley-controls, .panel, .preview';
const unsteady = 'parley-notices';

/** Reads where everything is that a user sees or operates, also in shadow roots. */
export async function layoutOf(page: Page): Promise<PageLayout> {
  return await page.evaluate(
    ({ things, unsteady }) => {
      const boxes: Record<string, string> = {};
      const nameOf = (element: Element): string => {
        // The name of a device or person, or a control's text in another state, is not part of the layout.
        const tag = element.role ?? element.localName;
        const label =
          element.ariaLabel ?? (/^(button|h\d)$/.test(element.localName) ? element.textContent : '');
        return `${tag} ${(label ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40)}`.trim();
      };
      const visit = (root: Document | ShadowRoot): void => {
        for (const element of root.querySelectorAll('*')) {
          if (element.matches(unsteady)) continue;
          if (element.shadowRoot) visit(element.shadowRoot);
          if (element.matches(things) && element.checkVisibility({ visibilityProperty: true })) {
            const { x, y, width, height } = element.getBoundingClientRect();
            if (width <= 1 || height <= 1) continue;
            const name = nameOf(element);
            let key = name;
            for (let number = 2; key in boxes; number += 1) key = `${name} #${number}`;
            boxes[key] = [x, y, width, height].map(Math.round).join(' ');
          }
        }
      };
      visit(document);
      return boxes;
    },
    { things, unsteady },
  );
}

/**
 * What is wrong with the places of things whatever the design is: buttons and fields that are cut off at a side, cover each
 * other, or are too small to hit.
 */
export async function layoutProblems(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const leastTargetPx = 24;
    const problems: string[] = [];
    const found: { readonly name: string; readonly box: DOMRect; readonly bar: Element | null }[] = [];
    const visit = (root: Document | ShadowRoot): void => {
      for (const element of root.querySelectorAll('*')) {
        if (element.shadowRoot) visit(element.shadowRoot);
        if (!element.matches('button, input, textarea, select')) continue;
        if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const name = `“${element.ariaLabel ?? element.textContent?.trim() ?? element.localName}”`;
        found.push({ name, box: element.getBoundingClientRect(), bar: element.closest('.bar') });
        const isCut = element.matches('.control') && element.scrollWidth > element.clientWidth + 1;
        if (isCut) problems.push(`${name} is narrower than its words`);
      }
    };
    visit(document);
    for (const { name, box } of found) {
      if (box.left < -1 || box.right > innerWidth + 1) problems.push(`${name} is cut off at a side`);
      if (Math.min(box.width, box.height) < leastTargetPx - 0.5) problems.push(`${name} is too small to hit`);
    }
    const controls = found.filter(({ bar }) => bar !== null);
    for (const { name, box } of controls) {
      if (box.bottom > innerHeight + 1) problems.push(`${name} is below the window`);
    }
    for (const [index, one] of controls.entries()) {
      for (const other of controls.slice(index + 1)) {
        const widthPx = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const heightPx = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
        if (widthPx > 1 && heightPx > 1) problems.push(`${one.name} covers ${other.name}`);
      }
    }
    return problems;
  });
}
