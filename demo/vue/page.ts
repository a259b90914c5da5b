import * as sdk from '@parley-rtc/sdk';
import { createPage, type Page } from '../shared/page.ts';

/** This page's state. */
export const page: Page = createPage(sdk);
