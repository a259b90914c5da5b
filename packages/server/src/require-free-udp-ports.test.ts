import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { createParleyServer } from './parley-server.ts';
import { runProgram } from './testing/run-program.ts';

/** Occupies a free port of 127.0.0.1 during the test. */
async function takePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  return socket.address().port;
}

it('refuses to start on a UDP port that is in use, and names the variable', async () => {
  const udpPort = await takePort();
  await expect(createParleyServer({ clients: [], udpPort })).rejects.toMatchObject({
    code: 'ERR_CONFIG',
    message: expect.stringMatching(new RegExp(`^PARLEY_UDP_PORT is ${udpPort}, .*EADDRINUSE`)),
  });
});

it('checks the port of every media process', async () => {
  const taken = await takePort();
  const config = { clients: [], udpPort: taken - 1, mediaProcesses: 2 };
  await expect(createParleyServer(config)).rejects.toThrow(`UDP port ${taken} on 0.0.0.0`);
});

it('explains it in one line when the program starts', async () => {
  const udpPort = await takePort();
  const { printed, exited } = runProgram({ PARLEY_UDP_PORT: String(udpPort) });
  expect(await exited).toBe(1);
  expect(printed.output).toMatch(/^PARLEY_UDP_PORT is .*\n$/);
}, 20_000);
