import * as sdk from '@parley-rtc/sdk';
import { createPage, type Page } from '../shared/page.ts';

/** The one page that this is. */
export const page: Page = createPage(sdk);
