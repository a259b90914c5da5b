/** What one frame shows. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly name: string;
  readonly elapsedMs: number;
  readonly isSpeaking: boolean;
}

const font = 'system-ui, "Segoe UI", Roboto, sans-serif';

const skins = ['#f3cfae', '#e3b187', '#c98f62', '#94603f', '#6d4630'] as const;
const hairs = ['#2a1c14', '#5b3b24', '#a9773f', '#1d1d24', '#7a3220'] as const;

/** Paints a person before a wall in a colour of its own, who moves a little, with name and counter. */
export function paintPerson(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, name, elapsedMs } = scene;
  const hash = hashOf(name);
  const hue = hueOf(name);
  paintWall(context, scene, hue);
  const x = width / 2 + Math.sin(elapsedMs / 1_900) * width * 0.012;
  const y = height * 0.47 + Math.sin(elapsedMs / 1_300) * height * 0.006;
  const radius = height * 0.165;
  const skin = skins[hash % skins.length] ?? skins[0];
  const hair = hairs[(hash >> 4) % hairs.length] ?? hairs[0];
  const isLong = hash % 2 === 0;
  context.fillStyle = hair;
  context.beginPath();
  context.ellipse(
    x,
    y + (isLong ? radius * 0.35 : -radius * 0.12),
    radius * 1.16,
    radius * (isLong ? 1.5 : 1.08),
    0,
    0,
    Math.PI * 2,
  );
  context.fill();
  context.fillStyle = skin;
  context.fillRect(x - radius * 0.34, y + radius * 0.6, radius * 0.68, radius);
  context.fillStyle = `hsl(${(hue + 180) % 360} 38% 34%)`;
  context.beginPath();
  context.ellipse(x, height * 1.12, height * 0.4, height * 0.4, 0, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = skin;
  context.beginPath();
  context.ellipse(x, y, radius * 0.94, radius * 1.08, 0, 0, Math.PI * 2);
  context.fill();
  context.fillStyle = hair;
  context.beginPath();
  context.ellipse(x, y - radius * 0.5, radius * 0.98, radius * 0.68, 0, Math.PI, Math.PI * 2);
  context.fill();
  paintFace(context, { x, y, radius }, scene);
  paintCaption(context, scene);
}

/** Paints a shared screen: a document that scrolls. */
export function paintScreen(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, name, elapsedMs } = scene;
  context.fillStyle = '#e9edf3';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#1d2735';
  context.fillRect(0, 0, width, 64);
  context.fillStyle = '#fff';
  context.font = `600 26px ${font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillText(`${name}’s screen`, 32, 33, width * 0.8);
  context.textAlign = 'right';
  context.font = `500 24px ui-monospace, Menlo, monospace`;
  context.fillText(secondsOf(scene), width - 32, 33);
  context.fillStyle = '#fff';
  context.fillRect(width * 0.14, 64, width * 0.72, height - 64);
  const lineHeight = 34;
  const scrolled = (elapsedMs / 40) % lineHeight;
  const firstLine = Math.floor(elapsedMs / 40 / lineHeight);
  context.save();
  context.beginPath();
  context.rect(width * 0.14, 64, width * 0.72, height - 64);
  context.clip();
  for (let line = 0; line * lineHeight < height; line += 1) {
    const index = firstLine + line;
    const isHeading = index % 7 === 0;
    const share = isHeading ? 0.3 : 0.4 + ((index * 37) % 100) / 400;
    context.fillStyle = isHeading ? `hsl(${hueOf(name)} 55% 42%)` : '#c4cbd6';
    context.fillRect(width * 0.18, 84 + line * lineHeight - scrolled, width * share, isHeading ? 18 : 11);
  }
  context.restore();
}

function paintWall(context: CanvasRenderingContext2D, { width, height }: Scene, hue: number): void {
  const wall = context.createLinearGradient(0, 0, width, height);
  wall.addColorStop(0, `hsl(${hue} 42% 62%)`);
  wall.addColorStop(1, `hsl(${(hue + 40) % 360} 46% 42%)`);
  context.fillStyle = wall;
  context.fillRect(0, 0, width, height);
  const light = context.createRadialGradient(
    width * 0.3,
    height * 0.2,
    0,
    width * 0.3,
    height * 0.2,
    width * 0.6,
  );
  light.addColorStop(0, 'rgb(255 255 255 / 0.35)');
  light.addColorStop(1, 'rgb(255 255 255 / 0)');
  context.fillStyle = light;
  context.fillRect(0, 0, width, height);
}

interface Head {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Eyes that blink, and a mouth that smiles or speaks. */
function paintFace(
  context: CanvasRenderingContext2D,
  { x, y, radius }: Head,
  { elapsedMs, isSpeaking }: Scene,
): void {
  const isBlinking = elapsedMs % 3_700 < 130;
  context.fillStyle = '#231a16';
  for (const side of [-1, 1]) {
    context.beginPath();
    const eye = radius * 0.085;
    context.ellipse(
      x + side * radius * 0.34,
      y + radius * 0.05,
      eye,
      isBlinking ? eye * 0.15 : eye,
      0,
      0,
      Math.PI * 2,
    );
    context.fill();
  }
  const opened = isSpeaking ? Math.abs(Math.sin(elapsedMs / 95) * Math.cos(elapsedMs / 210)) : 0;
  context.strokeStyle = '#7c3b34';
  context.fillStyle = '#7c3b34';
  context.lineWidth = radius * 0.07;
  context.lineCap = 'round';
  context.beginPath();
  if (opened > 0.15)
    context.ellipse(x, y + radius * 0.52, radius * 0.24, radius * 0.22 * opened, 0, 0, Math.PI * 2);
  else context.arc(x, y + radius * 0.3, radius * 0.34, Math.PI * 0.22, Math.PI * 0.78);
  if (opened > 0.15) context.fill();
  else context.stroke();
}

function paintCaption(context: CanvasRenderingContext2D, scene: Scene): void {
  const { width, height, name } = scene;
  context.fillStyle = 'rgb(255 255 255 / 0.92)';
  context.font = `600 ${Math.round(height * 0.055)}px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  // In the middle, where a tile that crops its video shows it too.
  context.fillText(name, width / 2, height * 0.12, height * 0.8);
  paintCounter(context, scene, 'rgb(255 255 255 / 0.8)');
}

/** A counter that shows at a glance whether the video moves. */
function paintCounter(context: CanvasRenderingContext2D, scene: Scene, colour: string): void {
  const { width, height } = scene;
  context.fillStyle = colour;
  context.font = `500 ${Math.round(height * 0.04)}px ui-monospace, Menlo, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.fillText(secondsOf(scene), width / 2, height * 0.185);
}

function secondsOf({ elapsedMs }: Scene): string {
  return `${(elapsedMs / 1000).toFixed(1).padStart(5, '0')} s`;
}

/** A number that is always the same for a name. */
function hashOf(name: string): number {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 100_003;
  return hash;
}

function hueOf(name: string): number {
  return (hashOf(name) * 47) % 360;
}
