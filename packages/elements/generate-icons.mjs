// Writes src/base/icons.ts: the icons that the elements use, from Lucide. Run it after changing the table: `pnpm run
// generate:icons`. They are copied, because a page without a bundler would otherwise fetch Lucide's whole index.
import { readFileSync, writeFileSync } from 'node:fs';

/** Our names, and Lucide's. */
const icons = {
  microphone: 'mic',
  'microphone-off': 'mic-off',
  camera: 'video',
  'camera-off': 'video-off',
  speaker: 'volume-2',
  'share-screen': 'monitor-up',
  'stop-sharing': 'monitor-off',
  hand: 'hand',
  react: 'smile',
  chat: 'message-square',
  people: 'users',
  more: 'ellipsis',
  'more-vertical': 'ellipsis-vertical',
  settings: 'settings',
  invite: 'user-plus',
  leave: 'phone',
  pin: 'pin',
  unpin: 'pin-off',
  'full-screen': 'maximize',
  'exit-full-screen': 'minimize',
  'picture-in-picture': 'picture-in-picture-2',
  close: 'x',
  'chevron-up': 'chevron-up',
  'chevron-start': 'chevron-left',
  'chevron-end': 'chevron-right',
  check: 'check',
  copy: 'copy',
  share: 'share-2',
  lock: 'lock',
  unlock: 'lock-open',
  record: 'circle-dot',
  pause: 'pause',
  play: 'play',
  'flip-camera': 'switch-camera',
  verified: 'badge-check',
  offline: 'wifi-off',
  connection: 'signal-low',
  host: 'crown',
  send: 'send-horizontal',
  search: 'search',
  warning: 'triangle-alert',
  remove: 'user-x',
  block: 'ban',
  door: 'door-open',
  blur: 'sparkles',
};

const folder = new URL('./node_modules/lucide-static/icons/', import.meta.url);
const lines = Object.entries(icons).map(([name, file]) => {
  const svg = readFileSync(new URL(`${file}.svg`, folder), 'utf8');
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1] ?? '';
  return `  '${name}': '${inner.replaceAll(/\s+/g, ' ').replaceAll(' />', '/>').replaceAll('> <', '><').trim()}',`;
});
writeFileSync(
  new URL('./src/base/icons.ts', import.meta.url),
  `// Written by generate-icons.mjs. Icons from Lucide (https://lucide.dev), ISC License, Copyright (c) for portions of Lucide
// are held by Cole Bemis 2013-2023 as part of Feather (MIT). All other copyright (c) for Lucide are held by Lucide
// Contributors 2026.

/** The shapes of the icons, within a box of 24 by 24. */
// prettier-ignore
export const icons = {
${lines.join('\n')}
} as const;

export type IconName = keyof typeof icons;
`,
);
