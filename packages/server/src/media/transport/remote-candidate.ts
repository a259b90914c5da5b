import { isIP } from 'node:net';

const candidateLine =
  /^(?:a=)?candidate:(?<foundation>[\w+/-]{1,32}) 1 udp (?<priority>\d{1,10}) (?<address>[\da-f:.]{2,45}) (?<port>\d{1,5}) typ (?<type>host|srflx|prflx|relay)(?: |$)/i;

/**
 * The candidate in the form for the library, or undefined for one that it must not see. Only UDP on component 1, and
 * only an IP address, because the library resolves a host name (also mDNS's `.local`) in a blocking thread, however
 * long that takes.
 */
export function usableCandidate(line: string): string | undefined {
  const match = candidateLine.exec(line.trim());
  if (!match?.groups) return undefined;
  const { foundation = '', priority = '', address = '', port = '', type = '' } = match.groups;
  const isPort = Number(port) > 0 && Number(port) <= 65_535;
  if (isIP(address) === 0 || !isPort || Number(priority) > 0xffff_ffff) return undefined;
  const related = type === 'host' ? '' : ' raddr 0.0.0.0 rport 0';
  return `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}${related}`;
}
