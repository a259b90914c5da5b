import { iceServersTimeoutMs } from '../waiting/recovery-policy.ts';
import { settledWithin } from '../waiting/settled-within.ts';

export interface IceConfigurationOptions {
  /** The servers to begin with, or their first reading, which may fail. */
  readonly iceServers: readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>;
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** Reads the servers again. */
  readonly readIceServers: () => Promise<readonly RTCIceServer[]>;
}

/** In the TURN REST API a user name starts with its expiry time, in seconds since 1970. */
const expiringName = /^(\d{9,}):/;

/**
 * Returns a function that reads the configuration for the next negotiation. Replaces credentials after half of their
 * lifetime. A reading that fails or takes longer than 3 s delays no negotiation: that uses the current servers, at first none,
 * and the next negotiation reads again.
 */
export function iceConfiguration({
  iceServers: first,
  iceTransportPolicy = 'all',
  readIceServers,
}: IceConfigurationOptions): () => Promise<RTCConfiguration> {
  let iceServers: RTCIceServer[] = [];
  let renewAtMs = 0;
  let reading: Promise<void> | undefined;
  const take = async (servers: readonly RTCIceServer[] | Promise<readonly RTCIceServer[]>) => {
    try {
      iceServers = [...(await servers)];
      renewAtMs = halfLifeMs(iceServers);
    } catch {
      // The negotiation uses the same network and reports what is wrong with it.
    }
    reading = undefined;
  };
  reading = take(first);
  return async () => {
    if (!reading && Date.now() >= renewAtMs) reading = take(readIceServers());
    if (reading) await settledWithin(iceServersTimeoutMs, reading);
    return { iceServers, iceTransportPolicy };
  };
}

/** `Infinity` when no credential expires. */
function halfLifeMs(iceServers: readonly RTCIceServer[]): number {
  const ends = iceServers.map(({ username }) => Number(expiringName.exec(username ?? '')?.[1] ?? Infinity));
  return (Date.now() + Math.min(...ends) * 1000) / 2;
}
