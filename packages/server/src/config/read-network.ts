import { isIP } from 'node:net';
import { ConfigError } from '../config-error.ts';
import type { Environment } from './environment.ts';
import type { ParleyServerConfig } from './parley-server-config.ts';

/** The addresses and ports of API and media, and the number of media processes. */
export function readNetwork(
  env: Environment,
): Pick<
  ParleyServerConfig,
  'host' | 'port' | 'announcedAddress' | 'udpPort' | 'mediaProcesses' | 'sharesLinks' | 'transport'
> {
  const port = portOf(env, 'PARLEY_PORT');
  const udpPort = portOf(env, 'PARLEY_UDP_PORT');
  const mediaProcesses = mediaProcessesOf(env['PARLEY_MEDIA_PROCESSES'] ?? '', udpPort ?? 0);
  const announcedAddress = addressOf(env, 'PARLEY_ANNOUNCED_ADDRESS');
  const transport = transportOf(env['PARLEY_TRANSPORT'] ?? '');
  const { PARLEY_HOST: host, PARLEY_SHARE_LINKS: shareLinks = '' } = env;
  if (!['', 'on', 'off'].includes(shareLinks)) throw new ConfigError('PARLEY_SHARE_LINKS must be on or off.');
  return {
    ...(host && { host }),
    ...(port !== undefined && { port }),
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(udpPort !== undefined && { udpPort }),
    ...(mediaProcesses !== undefined && { mediaProcesses }),
    ...(shareLinks === 'on' && { sharesLinks: true }),
    ...(transport && { transport }),
  };
}

function portOf(env: Environment, name: string): number | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  const port = Number(text);
  if (text.startsWith('tcp://')) {
    throw new ConfigError(
      `${name} is "${text}", which Kubernetes sets for a service. Put "enableServiceLinks: false" into the pod's specification.`,
    );
  }
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new ConfigError(`${name} is "${text}"; it must be a port number from 0 to 65535.`);
  }
  return port;
}

function mediaProcessesOf(text: string, udpPort: number): number | undefined {
  if (text === '') return undefined;
  const processes = Number(text);
  if (!/^\d{1,2}$/.test(text) || processes < 1 || processes > 64) {
    throw new ConfigError(`PARLEY_MEDIA_PROCESSES is "${text}"; it must be a whole number from 1 to 64.`);
  }
  if (udpPort + processes - 1 > 65_535) {
    throw new ConfigError(
      `PARLEY_UDP_PORT is ${udpPort}; with PARLEY_MEDIA_PROCESSES ${processes} the last port would be above 65535.`,
    );
  }
  return processes;
}

function transportOf(text: string): ParleyServerConfig['transport'] {
  if (text === '') return undefined;
  if (text === 'node-datachannel' || text === 'native') return text;
  throw new ConfigError(`PARLEY_TRANSPORT is "${text}"; it must be node-datachannel or native.`);
}

function addressOf(env: Environment, name: string): string | undefined {
  const text = env[name] ?? '';
  if (text === '') return undefined;
  if (isIP(text) === 0) throw new ConfigError(`${name} is "${text}"; it must be an IP address.`);
  return text;
}
