import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { ensureNativeTransport } from '../../../native/build.ts';
import { NativeTransport } from '../native-transport/native-transport.ts';
import { NodeDatachannelTransport } from '../transport/node-datachannel-transport.ts';
import { transportsOf, type TransportsOptions } from './transports.ts';

const isLinux = process.platform === 'linux';
const events = { onPacket: () => {}, onStateChange: () => {} };

/** The kind of transport that these options lead to, and what was logged. */
function chosen(options: TransportsOptions) {
  const logged: unknown[] = [];
  const transports = transportsOf(options, (...line) => logged.push(line));
  onTestFinished(transports.close);
  return { transport: transports.create(events), logged };
}

it('uses node-datachannel unless another transport is asked for', () => {
  expect(chosen({}).transport).toBeInstanceOf(NodeDatachannelTransport);
});

it.runIf(isLinux)('uses the native transport where it is asked for', () => {
  ensureNativeTransport();
  const { transport, logged } = chosen({ transport: 'native' });
  expect(transport).toBeInstanceOf(NativeTransport);
  expect(logged).toEqual([]);
});

it.runIf(isLinux)('says so and uses node-datachannel when the native transport gets no port', async () => {
  ensureNativeTransport();
  const other = createSocket('udp6').bind(0);
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const { transport, logged } = chosen({ transport: 'native', udpPort: other.address().port });
  expect(transport).toBeInstanceOf(NodeDatachannelTransport);
  expect(JSON.stringify(logged)).toMatch(/warn.*native transport cannot be used.*Address already in use/);
});
