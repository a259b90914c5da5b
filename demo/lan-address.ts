import { networkInterfaces } from 'node:os';

/** This machine's IPv4 address in the local network; undefined if it is not in a network. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
