// The rooms of each package: what each folder holds and which other rooms its files may import, including type-only
// imports. Lowest first: a room may import only rooms above it in its table, so no two rooms can import each other.
// `check-layers.mjs` checks the code against these tables and shows them in docs/architecture.md.
//
// A room is a folder of `src`, or a single file; `.` stands for the files directly in `src`. Entrances may import every
// room, and no room may import them.

/** @typedef {Readonly<Record<string, { readonly holds: string, readonly imports: readonly string[] }>>} Rooms */

/** What starts or publishes a package: its entry points, and the server's assembly. */
export const entrances = {
  sdk: ['bindings.ts', 'encryption.ts', 'index.ts', 'script-tag.ts'],
  server: [
    'index.ts',
    'main.ts',
    'compose-recording.ts',
    'parley-server.ts',
    'require-free-udp-ports.ts',
    'serve-api.ts',
    'start-conferencing.ts',
    'start-media.ts',
    'start-moderation.ts',
  ],
  elements: ['headless.ts', 'index.ts'],
  conformance: ['index.ts', 'main.ts'],
};

/** @type {Readonly<Record<string, Rooms>>} */
export const rooms = {
  contract: {
    generated: { holds: 'types made from openapi.yaml', imports: [] },
    '.': { holds: 'events, `decodeEvent()`, `reduce()`, `follow()`', imports: ['generated'] },
  },
  client: {
    errors: { holds: 'one class per kind of failure', imports: [] },
    logging: {
      holds: 'levels, sinks, and what a line of the [log](logging.md) may say',
      imports: ['errors'],
    },
    '.': { holds: 'operations over ky, token sources', imports: ['errors', 'logging'] },
  },
  sdk: {
    'new-id.ts': { holds: 'ids for endpoints, streams and views', imports: [] },
    'stream-kinds.ts': { holds: 'which tracks a stream type carries', imports: [] },
    errors: { holds: 'one file per family; [all codes](errors.md)', imports: ['stream-kinds.ts'] },
    'load-part.ts': { holds: 'fetches a lazily loaded part', imports: ['errors'] },
    waiting: { holds: 'pauses, retries, the network, serial queues, listener lists', imports: [] },
    state: { holds: 'the store and what is read from it', imports: ['waiting'] },
    'audio-output.ts': { holds: 'moves an element to another speaker', imports: ['errors', 'waiting'] },
    messages: { holds: 'messages between participants', imports: ['new-id.ts', 'errors', 'waiting'] },
    signalling: {
      holds: 'events by push or long poll, the user endpoint',
      imports: ['new-id.ts', 'errors', 'waiting'],
    },
    devices: {
      holds: 'lists, intents, capture, permission errors',
      imports: ['audio-output.ts', 'stream-kinds.ts', 'errors', 'load-part.ts', 'waiting'],
    },
    connection: {
      holds: 'one peer connection and its candidates, kept alive',
      imports: ['errors', 'waiting'],
    },
    encoding: {
      holds: 'how media is encoded: sizes, bitrates, layers, codecs',
      imports: [],
    },
    publishing: {
      holds: 'one stream out: tracks, mute',
      imports: [
        'messages',
        'new-id.ts',
        'stream-kinds.ts',
        'errors',
        'load-part.ts',
        'waiting',
        'state',
        'devices',
        'connection',
        'encoding',
      ],
    },
    viewing: {
      holds: 'one stream in: elements, size and visibility, playback, first frame',
      imports: [
        'audio-output.ts',
        'new-id.ts',
        'stream-kinds.ts',
        'errors',
        'waiting',
        'state',
        'connection',
      ],
    },
    preview: {
      holds: 'preview, level meter, warnings before a call',
      imports: ['stream-kinds.ts', 'errors', 'waiting', 'devices', 'publishing'],
    },
    processors: {
      holds: 'changing video frames on their way out',
      imports: ['errors', 'publishing', 'waiting'],
    },
    encryption: {
      holds: 'frames, keys and the worker of [end-to-end encryption](encryption.md); a subpath of its own',
      imports: ['stream-kinds.ts', 'errors', 'waiting', 'publishing'],
    },
    quality: {
      holds: 'statistics, and scores with their causes; loaded with the first listener',
      imports: ['waiting', 'connection', 'viewing'],
    },
    speakers: {
      holds: 'who is speaking; loaded with the first listener',
      imports: ['waiting', 'connection', 'preview'],
    },
    conventions: {
      holds: 'the platform’s metadata keys for mute, hold, recording and portrait',
      imports: ['stream-kinds.ts', 'state', 'publishing'],
    },
    moderation: {
      holds: 'what moderators do, and who waits to be admitted; loaded with its first use',
      imports: ['stream-kinds.ts', 'errors', 'waiting', 'state', 'conventions'],
    },
    announcing: {
      holds: 'which events the app receives, and calling its listeners',
      imports: [
        'stream-kinds.ts',
        'errors',
        'waiting',
        'state',
        'publishing',
        'viewing',
        'quality',
        'conventions',
        'messages',
        'moderation',
      ],
    },
    presence: {
      holds: 'entering, leaving and rejoining as one endpoint',
      imports: ['errors', 'waiting', 'signalling'],
    },
    recording: {
      holds: 'starting and stopping recordings on the server; loaded with its first use',
      imports: ['errors', 'presence'],
    },
    conference: {
      holds: '`Conference` and its session: joining, open media, state',
      imports: [
        'new-id.ts',
        'errors',
        'load-part.ts',
        'waiting',
        'state',
        'signalling',
        'messages',
        'devices',
        'connection',
        'publishing',
        'viewing',
        'quality',
        'speakers',
        'conventions',
        'announcing',
        'presence',
        'recording',
        'moderation',
      ],
    },
    headless: {
      holds:
        'own publications, playback, recording and connection as state, for hooks; part of `bindings.ts`',
      imports: ['stream-kinds.ts', 'waiting', 'state', 'devices', 'publishing', 'quality', 'conventions'],
    },
    schemas: {
      holds: 'metadata, events and messages typed by schema',
      imports: ['errors', 'waiting', 'state', 'publishing', 'messages', 'conference'],
    },
  },
  elements: {
    layout: { holds: 'where each tile goes: a pure function', imports: [] },
    stores: { holds: 'what the parts of a call show and change, as stores', imports: [] },
    texts: { holds: 'what the elements say, by language', imports: ['stores'] },
    base: {
      holds: 'what all elements share: texts, stores, contexts, icons, styles',
      imports: ['stores', 'texts'],
    },
    chat: { holds: 'how a chat shows messages', imports: ['stores', 'texts', 'base'] },
    notices: { holds: 'what notices say, and how they look and sound', imports: ['stores', 'texts', 'base'] },
    panels: {
      holds: 'what panels share, and the pieces of which they consist',
      imports: ['stores', 'texts', 'base'],
    },
    parts: {
      holds: 'the elements, one per file',
      imports: ['stores', 'texts', 'base', 'chat', 'notices', 'panels'],
    },
  },
  react: { '.': { holds: 'one hook per file', imports: [] } },
  vue: { '.': { holds: 'one composable per file', imports: [] } },
  server: {
    'actor.ts': { holds: 'who sent a request', imports: [] },
    'clock.ts': { holds: 'time, replaced in tests', imports: [] },
    'config-error.ts': { holds: 'a setting that cannot be used', imports: [] },
    'listeners.ts': { holds: 'a list of listeners that may throw', imports: [] },
    'machine-clock.ts': { holds: 'a clock that all processes of a machine share', imports: [] },
    'refusal.ts': { holds: 'why a request is refused', imports: [] },
    'repeat-every.ts': { holds: 'work that repeats', imports: ['clock.ts'] },
    'wait-at-most.ts': { holds: 'waiting that ends by itself', imports: ['clock.ts'] },
    health: { holds: 'what the machine lacks, and telling the operator', imports: ['clock.ts'] },
    limits: { holds: 'how much of everything a user may have', imports: ['refusal.ts'] },
    'event-log': { holds: 'the interface of the log, and waiting for it to grow', imports: [] },
    storage: {
      holds: 'the log and other records, in memory or SQLite',
      imports: ['config-error.ts', 'health', 'event-log'],
    },
    auth: {
      holds: 'tokens, tickets, clients, rights',
      imports: ['actor.ts', 'clock.ts', 'refusal.ts', 'limits', 'storage'],
    },
    'conferences/rules': {
      holds: 'command in, events out: pure rules without clock, HTTP or media',
      imports: ['actor.ts', 'refusal.ts'],
    },
    'conferences/sent-events': {
      holds: 'events that back ends send, and hiding parts of them from logs',
      imports: ['refusal.ts', 'conferences/rules'],
    },
    conferences: {
      holds: 'runs commands through the rules and the log',
      imports: [
        'health',
        'actor.ts',
        'clock.ts',
        'listeners.ts',
        'refusal.ts',
        'limits',
        'event-log',
        'wait-at-most.ts',
        'conferences/rules',
        'conferences/sent-events',
      ],
    },
    'conferences/recording': {
      holds: 'the rules of recording',
      imports: ['refusal.ts', 'conferences/rules'],
    },
    'conferences/moderating': {
      holds: 'the rules of what moderators do',
      imports: ['refusal.ts', 'conferences/rules'],
    },
    admission: {
      holds: 'whom moderators let in, banned or permitted what, and the waiting room',
      imports: [
        'actor.ts',
        'clock.ts',
        'refusal.ts',
        'repeat-every.ts',
        'wait-at-most.ts',
        'limits',
        'event-log',
        'storage',
        'conferences/rules',
        'conferences',
      ],
    },
    endpoints: {
      holds: 'user endpoints and their keep-alives',
      imports: [
        'actor.ts',
        'clock.ts',
        'refusal.ts',
        'limits',
        'storage',
        'conferences/rules',
        'conferences',
      ],
    },
    moderation: {
      holds: 'what moderators do to participants and to the door',
      imports: [
        'actor.ts',
        'clock.ts',
        'refusal.ts',
        'conferences/rules',
        'conferences',
        'conferences/moderating',
        'admission',
        'endpoints',
      ],
    },
    messages: {
      holds: 'messages between participants',
      imports: [
        'actor.ts',
        'clock.ts',
        'listeners.ts',
        'refusal.ts',
        'limits',
        'event-log',
        'conferences/rules',
        'conferences',
      ],
    },
    push: {
      holds: 'events sent as they happen, and those outside the history',
      imports: [
        'actor.ts',
        'clock.ts',
        'listeners.ts',
        'refusal.ts',
        'limits',
        'event-log',
        'conferences',
        'messages',
      ],
    },
    'media/codecs': { holds: 'what the router knows about each codec', imports: [] },
    'media/header-extensions.ts': { holds: 'the RTP header extensions it reads and writes', imports: [] },
    'media/media-router.ts': {
      holds: 'the interface of a media router',
      imports: ['media/codecs'],
    },
    'media/accepted-media.ts': {
      holds: 'what one media section was accepted as',
      imports: ['media/codecs', 'media/header-extensions.ts'],
    },
    'media/wire': {
      holds: 'RTP and RTCP packets, read and written',
      imports: ['media/header-extensions.ts', 'media/accepted-media.ts'],
    },
    'media/transport': { holds: 'ICE, DTLS and SRTP: packets in and out', imports: ['media/wire'] },
    'media/dump': {
      holds: 'writing decrypted packets to files for Wireshark',
      imports: ['media/media-router.ts', 'media/wire', 'media/transport'],
    },
    'media/sdp': {
      holds: 'offers read, answers written',
      imports: [
        'media/codecs',
        'media/header-extensions.ts',
        'media/media-router.ts',
        'media/accepted-media.ts',
        'media/transport',
      ],
    },
    'media/bandwidth': { holds: 'what a link carries, and pacing', imports: ['media/wire'] },
    'media/incoming': {
      holds: 'packets from a publisher: sorting, repair requests, history',
      imports: [
        'media/codecs',
        'media/header-extensions.ts',
        'media/media-router.ts',
        'media/accepted-media.ts',
        'media/wire',
        'media/bandwidth',
      ],
    },
    'media/outgoing': {
      holds: 'packets to a viewer: layers, numbering, repairs',
      imports: [
        'media/codecs',
        'media/media-router.ts',
        'media/accepted-media.ts',
        'media/wire',
        'media/sdp',
        'media/bandwidth',
        'media/incoming',
      ],
    },
    'media/recording': {
      holds: 'streams to files: frames put together, timed and muxed, without decoding',
      imports: ['media/codecs', 'media/media-router.ts', 'media/wire', 'media/incoming'],
    },
    'media/routing': {
      holds: 'the router: streams, their publishers and viewers',
      imports: [
        'media/codecs',
        'listeners.ts',
        'machine-clock.ts',
        'media/media-router.ts',
        'media/accepted-media.ts',
        'media/transport',
        'media/dump',
        'media/sdp',
        'media/incoming',
        'media/outgoing',
        'media/recording',
      ],
    },
    'media/processes': {
      holds: 'routers in child processes',
      imports: ['media/codecs', 'listeners.ts', 'media/media-router.ts', 'media/routing'],
    },
    'media/create-media-router.ts': {
      holds: 'one process or several',
      imports: ['media/media-router.ts', 'media/routing', 'media/processes'],
    },
    streams: {
      holds: 'publishing and viewing: rules, then the media router',
      imports: [
        'actor.ts',
        'refusal.ts',
        'limits',
        'conferences/rules',
        'conferences',
        'push',
        'media/media-router.ts',
      ],
    },
    recordings: {
      holds: 'recordings: their rules, recorders, manifests and folders',
      imports: [
        'actor.ts',
        'clock.ts',
        'machine-clock.ts',
        'refusal.ts',
        'conferences/rules',
        'conferences/recording',
        'conferences',
        'media/media-router.ts',
        'media/recording',
        'streams',
      ],
    },
    composing: { holds: 'how ffmpeg makes one video of a recording', imports: [] },
    quality: {
      holds: 'the network indicator',
      imports: ['clock.ts', 'repeat-every.ts', 'conferences/rules', 'push', 'media/media-router.ts'],
    },
    metrics: { holds: 'Prometheus metrics', imports: ['media/media-router.ts'] },
    'http/rates': {
      holds: 'rate limits of calls and logins',
      imports: ['actor.ts', 'refusal.ts', 'limits'],
    },
    http: {
      holds: 'routes and validation from openapi.yaml, errors, service routes',
      imports: [
        'actor.ts',
        'clock.ts',
        'refusal.ts',
        'health',
        'limits',
        'media/media-router.ts',
        'metrics',
        'http/rates',
      ],
    },
    'http/handlers': {
      holds: 'one function per operation',
      imports: [
        'actor.ts',
        'clock.ts',
        'auth',
        'conferences/rules',
        'conferences',
        'admission',
        'endpoints',
        'moderation',
        'messages',
        'push',
        'streams',
        'recordings',
        'http/rates',
        'http',
      ],
    },
    config: {
      holds: 'settings read from the environment',
      imports: ['config-error.ts', 'limits', 'auth', 'http', 'http/handlers'],
    },
  },
  conformance: {
    rules: { holds: 'what a check may find', imports: [] },
    api: { holds: 'calls to the server under test, held against the document', imports: ['rules'] },
    media: { holds: 'peers that send and receive media', imports: [] },
    stage: { holds: 'what a check works with', imports: ['rules', 'api', 'media'] },
    checks: { holds: 'the checks, one file per subject', imports: ['rules', 'api', 'media', 'stage'] },
    'run-conformance.ts': {
      holds: 'runs the checks',
      imports: ['rules', 'media', 'stage', 'checks'],
    },
    report: { holds: 'the report for people', imports: ['rules', 'run-conformance.ts'] },
  },
};
