import type { Fault, PeerChange } from '@parley-rtc/testing';

/** What a fault does, and what the SDK does about it. */
export interface FaultText {
  readonly begins: string;
  readonly help: string;
}

type Describe = (fault: Fault) => FaultText;

const again = 'The SDK sends a request again, after growing pauses.';
const device = (fault: Fault): string => ('device' in fault ? fault.device : 'device');
/** Which requests a fault hits, such as "40 % of all requests" or "Requests of publishStream". */
const requests = (fault: Fault): string => {
  if (fault.kind !== 'http') return 'Requests';
  const { operation, share = 1 } = fault;
  const which = operation === undefined ? 'requests' : `requests of ${operation}`;
  return share < 1 ? `${Math.round(share * 100)} % of all ${which}` : `All ${which}`;
};
const media = (fault: Fault): string =>
  fault.kind !== 'peer' || fault.direction === undefined
    ? 'All media connections'
    : `Connections that ${fault.direction === 'publish' ? 'send' : 'receive'}`;

/** By kind and effect. */
const texts: Readonly<Record<string, Describe>> = {
  'http lost': (fault) => ({ begins: `${requests(fault)} are lost.`, help: again }),
  'http answer-lost': (fault) => ({
    begins: `${requests(fault)} reach the server, but the answers are lost.`,
    help: 'The SDK sends a request again only where that does not do the same thing twice.',
  }),
  'http late': (fault) => ({
    begins: `${requests(fault)} take longer.`,
    help: 'The SDK waits, and sends a request again when it takes too long.',
  }),
  'http status': (fault) => ({
    begins: `The server answers ${requests(fault).replace('All', 'all')} with ${'status' in fault ? fault.status : 500}.`,
    help: 'The SDK tries again, not before the time that the server names.',
  }),
  'feed cut': () => ({
    begins: 'The connection on which events arrive breaks.',
    help: 'The SDK opens another one, and asks for what it has missed.',
  }),
  'feed stalled': () => ({
    begins: 'Events stop arriving on a connection that stays open.',
    help: 'The SDK notices the silence after 20 s, and asks for the events another way.',
  }),
  'peer failed': (fault) => ({
    begins: `${media(fault)} fail.`,
    help: 'The SDK negotiates a new path with the server without delay (ICE restart).',
  }),
  'peer disconnected': (fault) => ({
    begins: `${media(fault)} are disconnected.`,
    help: 'The SDK waits a second, because many recover by themselves. Then it negotiates a new path.',
  }),
  'device unplugged': (fault) => ({
    begins: `The ${device(fault)} is unplugged.`,
    help: 'The SDK switches to another one. If there is none, others see that it is off.',
  }),
  'device in-use': (fault) => ({
    begins: `Another program uses the ${device(fault)}.`,
    help: 'It matters when you turn it on: the call says why it stays off.',
  }),
  'device denied': (fault) => ({
    begins: `The browser denies the ${device(fault)}.`,
    help: 'It matters when you turn it on: the call says where to allow it.',
  }),
  'network lost': () => ({
    begins: 'The network is gone.',
    help: 'The SDK waits until it is back, joins again as the same participant, and asks for what it has missed.',
  }),
};

export function describeFault(fault: Fault): FaultText {
  const describe = texts[`${fault.kind} ${fault.effect}`];
  return describe?.(fault) ?? { begins: `${fault.kind}: ${fault.effect}.`, help: '' };
}

export function describePeerChange({ direction, state }: PeerChange): string {
  return `A connection that ${direction === 'publish' ? 'sends' : 'receives'} media is ${state}.`;
}
