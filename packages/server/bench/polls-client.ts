// The readers of the benchmark, in their own process, so that their work does not count as the server's.
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate, parser, type Packet } from 'mqtt-packet';
import { WebSocket } from 'ws';
import type { Command, Order, Outcome, Reader } from './protocol.ts';

const [, , url = '', token = ''] = process.argv;
const headers = { authorization: `Bearer ${token}` };
const readerAgent = new Agent({ keepAlive: true, maxSockets: Infinity });
const commandAgent = new Agent({ keepAlive: true, maxSockets: 8 });

/** A command whose event is on its way to the readers. */
interface Sent {
  readonly atMs: number;
  readonly latenciesMs: number[];
  readonly wanted: number;
  readonly onAll: () => void;
}

const sentIn = new Map<string, Sent>();
const open = new Set<ClientRequest>();
const sockets = new Set<WebSocket>();
const starts = { poll: startPolling, push: startPush, mqtt: startMqtt };
let isOver = false;

process.on('message', (order: Order) => {
  void carryOut(order).then((outcome) => process.send?.(outcome));
});

async function carryOut(order: Order): Promise<Outcome> {
  const nothing = { latenciesMs: [], roundTripsMs: [], lastMs: [] };
  switch (order.do) {
    case 'park':
      // A few at a time: a server's queue of connections to accept is short.
      for (let first = 0; first < order.readers.length; first += 100) {
        const some = order.readers.slice(first, first + 100);
        await Promise.all(some.map(starts[order.kind]));
      }
      return nothing;
    case 'wake':
      return order.isConcurrent ? wakeTogether(order.commands) : wake(order.commands, order.pauseMs);
    case 'hang up':
      isOver = true;
      for (const one of open) one.destroy();
      for (const socket of sockets) socket.terminate();
      readerAgent.destroy();
      commandAgent.destroy();
      return nothing;
  }
}

/** Resolves when the request is sent; the poll continues on its own. */
function startPolling(reader: Reader): Promise<void> {
  return new Promise((resolve) => {
    const poll = get(`/rtc-api/conferences/${reader.conferenceId}/events?v=${reader.version}`, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        const events = JSON.parse(body) as readonly unknown[];
        events.forEach(() => arrived(reader.conferenceId));
        if (!isOver) void startPolling({ ...reader, version: reader.version + events.length });
      });
    });
    poll.on('finish', resolve);
  });
}

/** Resolves when the stream is open. */
function startPush(reader: Reader): Promise<void> {
  const { conferenceId, version } = reader;
  let read = 0;
  return new Promise((resolve) => {
    get(`/rtc-api/conferences/${conferenceId}/push?v=${version}`, (response) => {
      let rest = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        resolve();
        const messages = (rest + chunk).split('\n\n');
        rest = messages.pop() ?? '';
        for (const message of messages) {
          if (!message.startsWith('id:')) continue;
          read += 1;
          arrived(conferenceId);
        }
      });
      // A push ends after a minute.
      response.on('end', () => {
        if (!isOver) void startPush({ ...reader, version: version + read });
      });
    });
  });
}

/** Resolves when the server has confirmed the subscription. */
function startMqtt({ conferenceId, endpointId = '' }: Reader): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'mqtt', { perMessageDeflate: false });
  sockets.add(socket);
  const send = (packet: Packet): void => {
    socket.send(generate(packet));
  };
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sub: string;
  };
  const packets = parser();
  socket.on('message', (bytes: Buffer) => packets.parse(bytes));
  socket.on('open', () => {
    send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      clientId: endpointId,
      keepalive: 0,
      username: sub,
      password: Buffer.from(token),
    });
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    packets.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connack') {
        send({
          cmd: 'subscribe',
          messageId: 1,
          subscriptions: [{ topic: `user/${sub}/${endpointId}`, qos: 1 }],
        });
      } else if (packet.cmd === 'suback') {
        resolve();
      } else if (packet.cmd === 'publish') {
        send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        arrived(conferenceId);
      }
    });
  });
}

function get(path: string, onResponse: (response: IncomingMessage) => void): ClientRequest {
  const call = request(`${url}${path}`, { agent: readerAgent, headers }, (response) => {
    if (response.statusCode !== 200) throw new Error(`${path} answered ${response.statusCode}`);
    response.on('error', ignoreHangUp);
    onResponse(response);
  });
  open.add(call);
  call.on('error', ignoreHangUp);
  call.on('close', () => open.delete(call));
  call.end();
  return call;
}

function ignoreHangUp(error: Error): void {
  if (!isOver) throw error;
}

async function wake(commands: readonly Command[], pauseMs: number): Promise<Outcome> {
  const outcome = { latenciesMs: [] as number[], roundTripsMs: [] as number[], lastMs: [] as number[] };
  for (const { readers: wanted, ...who } of commands) {
    const atMs = performance.now();
    const latenciesMs: number[] = [];
    const all = new Promise<void>((resolve) => {
      sentIn.set(who.conferenceId, { atMs, latenciesMs, wanted, onAll: resolve });
    });
    await command({ ...who, operation: 'SET', key: 'k', value: `${atMs}` });
    outcome.roundTripsMs.push(performance.now() - atMs);
    await all;
    sentIn.delete(who.conferenceId);
    outcome.latenciesMs.push(...latenciesMs);
    outcome.lastMs.push(Math.max(...latenciesMs));
    await sleep(pauseMs);
  }
  return outcome;
}

/** Sends the commands of each conference one after the other, and those of different conferences at the same time. */
async function wakeTogether(commands: readonly Command[]): Promise<Outcome> {
  const byConference = new Map<string, Command[]>();
  for (const one of commands) {
    byConference.set(one.conferenceId, [...(byConference.get(one.conferenceId) ?? []), one]);
  }
  const outcomes = await Promise.all([...byConference.values()].map((lane) => wake(lane, 0)));
  return {
    latenciesMs: outcomes.flatMap(({ latenciesMs }) => latenciesMs),
    roundTripsMs: outcomes.flatMap(({ roundTripsMs }) => roundTripsMs),
    lastMs: outcomes.flatMap(({ lastMs }) => lastMs),
  };
}

function arrived(conferenceId: string): void {
  const sent = sentIn.get(conferenceId);
  if (!sent) return;
  sent.latenciesMs.push(performance.now() - sent.atMs);
  if (sent.latenciesMs.length === sent.wanted) sent.onAll();
}

function command(body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/rtc-api/conferences/updateMetadata`,
      { method: 'POST', agent: commandAgent, headers: { ...headers, 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        response.on('end', () => {
          if (response.statusCode === 204) resolve();
          else reject(new Error(`The command was answered ${response.statusCode}`));
        });
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}
