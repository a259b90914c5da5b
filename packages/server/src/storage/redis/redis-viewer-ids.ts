import { parseStored } from '../parse-stored.ts';
import type { ViewClaim, ViewerIds } from '../storage.ts';
import type { EngineConnection } from './engine-connection.ts';
import type { EngineKeys } from './engine-keys.ts';
import { claimViewerIdScript, releaseViewerIdScript } from './engine-scripts.ts';

/**
 * Viewer ids in use at all nodes. An id outlives the node that had its view, but not the stream: without an owner, nobody has it.
 */
export class RedisViewerIds implements ViewerIds {
  readonly #engine: EngineConnection;
  readonly #keys: EngineKeys;
  readonly #incarnation: () => string;

  constructor(engine: EngineConnection, keys: EngineKeys, incarnation: () => string) {
    this.#engine = engine;
    this.#keys = keys;
    this.#incarnation = incarnation;
  }

  async claim({
    conferenceId,
    viewerId,
    streamKey,
    userKey,
  }: ViewClaim): Promise<Pick<ViewClaim, 'streamKey' | 'userKey'> | undefined> {
    const all = [this.#keys.viewerIds(conferenceId), this.#keys.owners];
    const former = await this.#engine.run(claimViewerIdScript, all, [viewerId, streamKey, userKey]);
    if (typeof former !== 'string') return undefined;
    const [formerKey, formerUser] = parseStored<readonly [string, string]>(former);
    return { streamKey: formerKey, userKey: formerUser };
  }

  async release({ conferenceId, viewerId, streamKey }: ViewClaim): Promise<void> {
    const all = [this.#keys.viewerIds(conferenceId), this.#keys.owners];
    await this.#engine.run(releaseViewerIdScript, all, [viewerId, streamKey, this.#incarnation()]);
  }
}
