// The app of `fake-conference.e2e.ts`: a call without a server, camera or microphone, and the suite that a fake and a real
// conference share.
import * as Parley from '@parley-rtc/sdk';
import * as fakes from '@parley-rtc/testing';
import { behaviours } from '../../packages/testing/src/testing/conference-behaviour.ts';
import { realStage } from '../../packages/testing/src/testing/real-stage.ts';
import '@parley-rtc/elements';

Object.assign(window, { Parley, fakes, behaviours, realStage });
