import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { farSideOf, NativePeer } from '../../src/media/testing/native-peer.ts';
import type { LocalTransportParameters } from '../../src/media/transport/rtp-transport.ts';
import { publishOffer, viewedFormat, withoutTransportFeedback } from './load-offers.ts';
import { AnsweringPeer } from './load-peer.ts';
import type { RouterUnderLoad } from './router-under-load.ts';
import { stopChild } from './stop-child.ts';

const webSocketPort = 18_188;
const room = 1;

interface JanusMessage {
  readonly janus: string;
  readonly transaction?: string;
  readonly data?: { readonly id: number };
  readonly plugindata?: {
    readonly data: {
      readonly videoroom: string;
      readonly id?: number;
      readonly error?: string;
      readonly participants?: readonly { readonly id: number; readonly publisher: boolean }[];
    };
  };
  readonly jsep?: { readonly sdp: string };
  readonly error?: { readonly reason: string };
}

/** Starts Debian's Janus with only its VideoRoom. It does not listen on loopback, so its peers do not either. */
export async function startJanus(): Promise<RouterUnderLoad> {
  const folder = writeConfig();
  const child = spawn('janus', ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: 'ignore' });
  const close = async (): Promise<void> => {
    await stopChild(child);
    rmSync(folder, { recursive: true });
  };
  try {
    return { pids: child.pid === undefined ? [] : [child.pid], close, ...(await createRoom()) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createRoom(): Promise<Omit<RouterUnderLoad, 'pids' | 'close'>> {
  const api = await JanusApi.connect();
  const admin = await api.attach();
  await admin.ask({
    request: 'create',
    room,
    publishers: 1_000,
    bitrate: 0,
    audiocodec: 'opus',
    videocodec: 'vp8',
  });

  return {
    publish: async (isSimulcast) => {
      const peer = await NativePeer.create();
      const sdp = largestLayerFirst(publishOffer(peer, isSimulcast));
      const handle = await api.attach();
      const joined = await handle.ask({ request: 'join', ptype: 'publisher', room });
      const published = await handle.ask({ request: 'publish' }, { type: 'offer', sdp });
      const answer = published.jsep?.sdp ?? '';
      await peer.connect(farSideOf(answer), (candidate) => handle.trickle(candidate));
      await untilListed(admin, Number(joined.plugindata?.data.id));
      return { streamId: String(joined.plugindata?.data.id), peer, offer: sdp };
    },
    view: async (streamId, hasFeedback) => {
      const handle = await api.attach();
      const streams = [{ feed: Number(streamId) }];
      const attached = await handle.ask({ request: 'join', ptype: 'subscriber', room, streams });
      const offer = attached.jsep?.sdp ?? '';
      // Janus offers here; a peer that also offered would compete for the controlling role of ICE.
      const peer = new AnsweringPeer();
      const local = await peer.open(farSideOf(offer));
      const whole = answerTo(offer, local);
      const answer = hasFeedback ? whole : withoutTransportFeedback(whole);
      await handle.ask({ request: 'start' }, { type: 'answer', sdp: answer });
      return { peer, format: viewedFormat(answer) };
    },
    limitedViewers: () => Promise.resolve(undefined),
    loopDelayP99Ms: () => Promise.resolve(undefined),
  };
}

/** Janus lists a stream shortly after its connection is up. */
async function untilListed(admin: Handle, id: number): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const { plugindata } = await admin.ask({ request: 'listparticipants', room });
    if (plugindata?.data.participants?.some((one) => one.id === id && one.publisher)) return;
    await sleep(100);
  }
  throw new Error('Janus did not take in the stream.');
}

function writeConfig(): string {
  const folder = mkdtempSync(join(tmpdir(), 'janus-bench-'));
  const library = '/usr/lib/x86_64-linux-gnu/janus';
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'janus.jcfg',
    `general: {
       configs_folder = "${folder}"
       plugins_folder = "${library}/plugins"
       transports_folder = "${library}/transports"
       events_folder = "${library}/events"
       loggers_folder = "${library}/loggers"
       debug_level = 2
     }
     media: { ipv6 = false }
     nat: { ice_lite = false, full_trickle = false, ignore_mdns = true }
     plugins: { disable = "${['audiobridge', 'duktape', 'echotest', 'lua', 'nosip', 'recordplay', 'sip', 'streaming', 'textroom', 'videocall', 'voicemail'].map((name) => `libjanus_${name}.so`).join(',')}" }
     transports: { disable = "libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so" }
     events: { broadcast = false }`,
  );
  write('janus.plugin.videoroom.jcfg', 'general: { }');
  write(
    'janus.transport.websockets.jcfg',
    `general: { json = "compact", ws = true, ws_port = ${webSocketPort}, ws_ip = "127.0.0.1", wss = false }
     admin: { admin_ws = false, admin_wss = false }`,
  );
  return folder;
}

/** Janus treats the first layer of a simulcast offer as the largest, as its own pages write it. */
function largestLayerFirst(offer: string): string {
  return offer
    .replace(/(?:a=rid:.*\r\n)+/, (rids) => (rids.match(/.*\r\n/g) ?? []).toReversed().join(''))
    .replace(/(?<=a=simulcast:send ).*/, (rids) => rids.split(';').toReversed().join(';'));
}

/** Accepts everything in the offer, over the peer's transport. */
function answerTo(offer: string, local: LocalTransportParameters): string {
  const { iceUfrag, icePwd, fingerprint } = local;
  const candidates = local.candidates.map(
    ({ foundation, priority, address, port }) =>
      `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
  );
  return offer
    .split('\r\n')
    .filter((line) => !/^a=(ssrc|msid|candidate|end-of-candidates|ssrc-group)/.test(line))
    .map((line) =>
      line
        .replace(/^a=ice-ufrag:.*/, [`a=ice-ufrag:${iceUfrag}`, ...candidates].join('\r\n'))
        .replace(/^a=ice-pwd:.*/, `a=ice-pwd:${icePwd}`)
        .replace(/^a=fingerprint:.*/, `a=fingerprint:${fingerprint.algorithm} ${fingerprint.value}`)
        .replace('a=setup:actpass', 'a=setup:passive')
        .replace('a=sendonly', 'a=recvonly'),
    )
    .join('\r\n');
}

interface Handle {
  /** Sends a request to the plugin and waits for its result. */
  ask(body: object, jsep?: object): Promise<JanusMessage>;
  trickle(candidate: string): Promise<void>;
}

/** Janus over its WebSocket, one session. */
class JanusApi {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (message: JanusMessage) => void>();
  #count = 0;
  #session = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as JanusMessage;
      // Plugins acknowledge first and respond later; everything else is answered immediately.
      if (message.transaction === undefined || message.janus === 'ack') return;
      this.#waiting.get(message.transaction)?.(message);
      this.#waiting.delete(message.transaction);
    });
  }

  static async connect(): Promise<JanusApi> {
    for (let tries = 0; ; tries += 1) {
      const socket = new WebSocket(`ws://127.0.0.1:${webSocketPort}`, 'janus-protocol');
      const isOpen = await new Promise<boolean>((resolve) => {
        socket.addEventListener('open', () => resolve(true));
        socket.addEventListener('error', () => resolve(false));
      });
      if (isOpen) {
        const api = new JanusApi(socket);
        api.#session = (await api.#send({ janus: 'create' })).data?.id ?? 0;
        const keepAlive = setInterval(() => void api.#send({ janus: 'keepalive' }, false), 20_000);
        socket.addEventListener('close', () => clearInterval(keepAlive));
        return api;
      }
      if (tries > 50) throw new Error('Janus does not answer.');
      await sleep(100);
    }
  }

  async attach(): Promise<Handle> {
    const { data } = await this.#send({ janus: 'attach', plugin: 'janus.plugin.videoroom' });
    const handle = { handle_id: data?.id };
    return {
      ask: async (body, jsep) => {
        const message = await this.#send({ janus: 'message', ...handle, body, ...(jsep && { jsep }) });
        const error = message.error?.reason ?? message.plugindata?.data.error;
        if (error !== undefined) throw new Error(`Janus: ${error}`);
        return message;
      },
      trickle: async (candidate) => {
        await this.#send(
          { janus: 'trickle', ...handle, candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } },
          false,
        );
      },
    };
  }

  #send(message: object, isAnswered = true): Promise<JanusMessage> {
    const transaction = `t${(this.#count += 1)}`;
    const session = this.#session === 0 ? {} : { session_id: this.#session };
    const answered = new Promise<JanusMessage>((resolve) => {
      if (isAnswered) this.#waiting.set(transaction, resolve);
      else resolve({ janus: 'ack' });
    });
    this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
    return answered;
  }
}
