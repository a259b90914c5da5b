// Writes src/base/icons.ts: the icons that the elements use, from Lucide. Run it after changing the table: `pnpm run
// generate:icons`. They are copied, because a page without a bundler would otherwise fetch Lucide's whole index. SVGO turns
// the shapes of each icon into one path, which takes about half of the bytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { optimize } from 'svgo';

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
const plugins = [
  { name: 'convertShapeToPath', params: { convertArcs: true } },
  { name: 'mergePaths', params: { force: true } },
  // A hundredth of a box of 24 is less than a pixel at any size in which an icon is shown.
  { name: 'convertPathData', params: { floatPrecision: 2 } },
];

/** Rectangles with round corners as paths, which SVGO leaves as they are. */
function withoutRoundRects(svg) {
  return svg.replaceAll(/<rect [^>]*>/g, (rect) => {
    const read = (name) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(rect)?.[1]);
    const [x, y, r] = [read('x'), read('y'), read('rx')];
    const [across, down] = [read('width') - 2 * r, read('height') - 2 * r];
    const corner = (toX, toY) => `a${r} ${r} 0 0 1 ${toX} ${toY}`;
    return `<path d="M${x + r} ${y}h${across}${corner(r, r)}v${down}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z"/>`;
  });
}

const lines = Object.entries(icons).map(([name, file]) => {
  const svg = withoutRoundRects(readFileSync(new URL(`${file}.svg`, folder), 'utf8'));
  const { data } = optimize(svg, { plugins });
  const [path, ...others] = Array.from(data.matchAll(/ d="([^"]*)"/g), ([, shape]) => shape);
  if (path === undefined || others.length > 0) throw new Error(`${file} is not one path.`);
  return `  '${name}': '${path}',`;
});
writeFileSync(
  new URL('./src/base/icons.ts', import.meta.url),
  `// Written by generate-icons.mjs. Icons from Lucide (https://lucide.dev), ISC License, Copyright (c) for portions of Lucide
// are held by Cole Bemis 2013-2023 as part of Feather (MIT). All other copyright (c) for Lucide are held by Lucide
// Contributors 2026.

/** The path of each icon, within a box of 24 by 24. */
// prettier-ignore
export const icons = {
${lines.join('\n')}
} as const;

export type IconName = keyof typeof icons;
`,
);
