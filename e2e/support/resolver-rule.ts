/**
 * For Chromium's `--host-resolver-rules`: where `hostName` is. WebRTC asks for a TURN server's name with a dot at its end, and
 * would ask the DNS without the asterisk.
 */
export function resolverRule(hostName: string, address: string): string {
  return `MAP ${hostName}* ${address}`;
}
