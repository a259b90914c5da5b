/** A page: the name that the sidebar gives it, and its path below `docs`. */
type Entry = readonly [text: string, page: string];

interface Section {
  readonly text: string;
  readonly pages: readonly Entry[];
  /** Whether the sidebar shows only its title until the reader opens it. */
  readonly isCollapsed?: boolean;
}

/** The sidebar. The build fails on a page that is missing here, and on an entry without a page. */
export const sections: readonly Section[] = [
  {
    text: 'Start',
    pages: [
      ['What Parley is', 'index.md'],
      ['Getting started', 'getting-started/index.md'],
      ['Script tag', 'getting-started/script-tag.md'],
      ['React', 'getting-started/react.md'],
      ['Vue', 'getting-started/vue.md'],
      ['Next.js', 'getting-started/next.md'],
      ['Nuxt', 'getting-started/nuxt.md'],
      ['Your back end', 'getting-started/back-ends.md'],
      ['Elements in every framework', 'elements.md'],
      ['Features', 'features.md'],
    ],
  },
  {
    text: 'Concepts',
    pages: [
      ['Conferences and versions', 'concepts/conferences.md'],
      ['Streams and views', 'concepts/streams.md'],
      ['Tokens, tickets and rights', 'concepts/rights.md'],
    ],
  },
  {
    text: 'Guides',
    pages: [
      ['Publishing', 'publishing.md'],
      ['Viewing', 'viewing.md'],
      ['Devices', 'devices.md'],
      ['Screen sharing', 'screen-sharing.md'],
      ['Autoplay', 'autoplay.md'],
      ['Mobile browsers and clients', 'mobile.md'],
      ['Messages and chat', 'messages.md'],
      ['Metadata and events', 'data.md'],
      ['Moderation and waiting room', 'moderation.md'],
      ['Recording', 'recording.md'],
      ['End-to-end encryption', 'encryption.md'],
      ['Backgrounds and noise', 'processors.md'],
      ['Call quality', 'quality.md'],
      ['Measuring a call', 'insight.md'],
      ['Recovery', 'recovery.md'],
      ['Logging', 'logging.md'],
      ['Testing your app', 'testing.md'],
      ['Security', 'security.md'],
    ],
  },
  {
    text: 'Moving to Parley',
    pages: [
      ['From Twilio Video', 'moving/from-twilio-video.md'],
      ['From LiveKit', 'moving/from-livekit.md'],
      ['From OpenTok', 'moving/from-opentok.md'],
      ['From Daily', 'moving/from-daily.md'],
    ],
  },
  {
    text: 'Self-hosting',
    pages: [
      ['Running the server', 'server/operations.md'],
      ['Production checklist', 'server/production.md'],
      ['One origin for all', 'server/same-origin.md'],
      ['TURN', 'server/turn.md'],
      ['Durability', 'server/durability.md'],
      ['Many nodes', 'server/many-nodes.md'],
      ['Limits', 'server/limits.md'],
      ['Media processes and ports', 'server/media.md'],
      ['Performance', 'server/performance.md'],
      ['Bad networks', 'server/bad-networks.md'],
    ],
  },
  {
    text: 'Reference',
    pages: [
      ['Errors', 'errors.md'],
      ['SDK, elements, React, Vue', 'reference/api/index.md'],
      ['HTTP API', 'reference/http-api.md'],
      ['Schemas of the HTTP API', 'reference/http-schemas.md'],
      ['Rights', 'server/rights.md'],
      ['Events: poll and push', 'server/events.md'],
      ['MQTT', 'server/mqtt.md'],
      ['Codecs', 'server/codecs.md'],
      ['Foreign clients', 'server/clients.md'],
      ['Official clients', 'server/platform.md'],
      ['Decisions on the API', 'server/decisions.md'],
    ],
  },
  {
    text: 'Measurements',
    isCollapsed: true,
    pages: [
      ['Size and speed', 'size-and-speed.md'],
      ['Getting started', 'measurements/getting-started.md'],
      ['Packages', 'measurements/packages.md'],
      ['Size', 'measurements/size.md'],
      ['SDK', 'measurements/sdk.md'],
      ['Media router', 'measurements/media-router.md'],
      ['Bad networks', 'measurements/bad-networks.md'],
      ['Messages', 'measurements/messages.md'],
      ['Data channels', 'measurements/data-channels.md'],
      ['Recording', 'measurements/recording.md'],
      ['Processors', 'measurements/processors.md'],
    ],
  },
  {
    text: 'Working on Parley',
    isCollapsed: true,
    pages: [
      ['Architecture', 'architecture.md'],
      ['How we write', 'writing.md'],
      ['Decisions', 'decisions/index.md'],
    ],
  },
];

/** Folders whose `index.md` lists their pages. */
export const listedByIndex: readonly string[] = ['decisions/'];
