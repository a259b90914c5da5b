import type { CallOptions, RtcApi } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';

/** Who calls, and where. */
export interface OwnIds {
  readonly conferenceId: string;
  readonly userEndpointId: string;
}

export interface MetadataCalls {
  /** Sets an entry of the conference's metadata, or removes it when `value` is undefined. */
  change(key: string, value: string | undefined, options?: CallOptions): Promise<void>;
  /** Replaces our own metadata as a whole. */
  describeSelf(metadata: JsonObject, options?: CallOptions): Promise<void>;
}

/** The calls about metadata, made for one endpoint in one conference. */
export function metadataCalls(api: RtcApi, own: OwnIds): MetadataCalls {
  return {
    change: (key, value, options) =>
      api.updateMetadata(
        value === undefined ? { ...own, key, operation: 'REMOVE' } : { ...own, key, operation: 'SET', value },
        options,
      ),
    describeSelf: (newMetadata, options) => api.updateParticipantMetadata({ ...own, newMetadata }, options),
  };
}
