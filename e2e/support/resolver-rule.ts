/**
 * A rule for Chromium's `--host-resolver-rules` that resolves `hostName`. The asterisk is needed because WebRTC appends a dot
 * to a TURN server's name, which would otherwise go to the DNS.
 */
export function resolverRule(hostName: string, address: string): string {
  return `MAP ${hostName}* ${address}`;
}
