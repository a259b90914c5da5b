export interface IceConfigurationOptions {
  readonly iceServers: readonly RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** Asks for the servers again. */
  readonly readIceServers: () => Promise<readonly RTCIceServer[]>;
}

/** By the TURN REST API the name of a user who may relay for some time begins with the end of it, in seconds since 1970. */
const expiringName = /^(\d{9,}):/;

/**
 * Returns what to configure a connection with before each negotiation. Credentials of which half of the time is over are
 * replaced; where that fails the present ones are used on.
 */
export function iceConfiguration({
  iceServers: first,
  iceTransportPolicy = 'all',
  readIceServers,
}: IceConfigurationOptions): () => Promise<RTCConfiguration> {
  let iceServers = [...first];
  let renewAtMs = halfLifeMs(first);
  let renewing: Promise<void> | undefined;
  const renew = async () => {
    try {
      iceServers = [...(await readIceServers())];
      renewAtMs = halfLifeMs(iceServers);
    } catch {
      // Whoever negotiates has the same network, and hears what is wrong with it.
    }
    renewing = undefined;
  };
  return async () => {
    if (Date.now() >= renewAtMs) await (renewing ??= renew());
    return { iceServers, iceTransportPolicy };
  };
}

/** `Infinity` when no credential expires. */
function halfLifeMs(iceServers: readonly RTCIceServer[]): number {
  const ends = iceServers.map(({ username }) => Number(expiringName.exec(username ?? '')?.[1] ?? Infinity));
  return (Date.now() + Math.min(...ends) * 1000) / 2;
}
