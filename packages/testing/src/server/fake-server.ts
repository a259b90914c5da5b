import { ForbiddenError, type RtcApi } from '@parley-rtc/client';
import { fakeApi } from './fake-api.ts';
import { ServerState } from './server-state.ts';

export { broken } from './fake-polls.ts';
export type { Call } from './call.ts';

/** The error of a server that refuses. */
export const forbidden = (operation: string): ForbiddenError =>
  new ForbiddenError({ operation, status: 403 });

/** An in-memory conference server built on the contract's own reducer. Several SDK instances can join it. */
export class FakeServer extends ServerState {
  /** Returns the API for the user `userId`. */
  api(userId: string): RtcApi {
    return fakeApi(this, userId);
  }
}
