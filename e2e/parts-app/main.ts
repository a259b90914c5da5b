// The app of `call-parts.e2e.ts`: a page that puts the parts of a call where it likes.
import * as headless from '@parley-rtc/elements/headless';
import * as Parley from '@parley-rtc/sdk';
import '@parley-rtc/elements';

Object.assign(window, { Parley, headless });
