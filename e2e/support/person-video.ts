// A drawn person for the processors of backgrounds, and what a viewer sees of it. Each function is passed to the browser as
// text, so it must not use anything outside itself.

declare global {
  interface Window {
    /** What `publishPerson` draws on. A new size changes the size of the video. */
    personCanvas: HTMLCanvasElement;
  }
}

/** What a part of a video shows. */
interface Seen {
  /** How much neighboring pixels differ, as a mean square: fine detail. */
  readonly detail: number;
  /** Mean color. */
  readonly color: readonly [red: number, green: number, blue: number];
}

/** Parts of a video: the background left and right of the person, the person's striped shirt, and their face. */
export interface PersonView {
  readonly width: number;
  readonly height: number;
  readonly background: Seen;
  readonly shirt: Seen;
  readonly face: Seen;
}

/** Publishes a person who sways in front of a wall of small tiles. The fake camera shows nobody. */
export async function publishPerson({
  width = 640,
  height = 360,
  frameRate = 15,
}: {
  width?: number;
  height?: number;
  frameRate?: number;
} = {}): Promise<void> {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser draws no canvas.');
  window.personCanvas = canvas;

  const ellipse = (
    color: string | CanvasGradient,
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
  ) => {
    context.fillStyle = color;
    context.beginPath();
    context.ellipse(x, y, radiusX, radiusY, 0, 0, 7);
    context.fill();
  };

  const drawWall = () => {
    const tilePx = 8;
    for (let y = 0; y < canvas.height; y += tilePx) {
      for (let x = 0; x < canvas.width; x += tilePx) {
        context.fillStyle = ['#3a6', '#136', '#ddc'][((x * 7 + y * 13) >> 3) % 3] ?? '';
        context.fillRect(x, y, tilePx, tilePx);
      }
    }
  };

  /** Draws around the origin, which is the middle of the lower edge, 360 units high. */
  const drawBody = () => {
    context.save();
    context.beginPath();
    context.moveTo(-150, 20);
    context.bezierCurveTo(-150, -110, -110, -125, -40, -140);
    context.lineTo(40, -140);
    context.bezierCurveTo(110, -125, 150, -110, 150, 20);
    context.clip();
    for (let y = -140; y < 20; y += 12) {
      context.fillStyle = '#1c2b44';
      context.fillRect(-150, y, 300, 6);
      context.fillStyle = '#dde';
      context.fillRect(-150, y + 6, 300, 6);
    }
    context.restore();
    context.fillStyle = '#c08d6b';
    context.fillRect(-26, -180, 52, 50);
  };

  const drawHead = () => {
    const hair = '#2b1b12';
    const skin = context.createRadialGradient(-20, -240, 7, 0, -220, 84);
    skin.addColorStop(0, '#f3cdb0');
    skin.addColorStop(0.7, '#d9a27f');
    skin.addColorStop(1, '#a8714f');
    ellipse(hair, 0, -235, 66, 80);
    for (const side of [-1, 1]) ellipse('#c89471', side * 56, -220, 9, 16);
    ellipse(skin, 0, -218, 54, 70);
    ellipse(hair, 0, -272, 54, 26);
    for (const side of [-1, 1]) {
      ellipse('#fff', side * 22, -228, 10, 5);
      ellipse('#3b2a1a', side * 22, -228, 4.5, 4.5);
      context.fillStyle = hair;
      context.fillRect(side * 22 - 13, -243, 26, 4);
    }
    context.strokeStyle = '#9c6847';
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(-3, -225);
    context.lineTo(-8, -200);
    context.lineTo(5, -198);
    context.stroke();
    ellipse('#a5474a', 0, -178, 20, 6);
  };

  const draw = () => {
    drawWall();
    context.save();
    const scale = Math.min(canvas.height / 360, canvas.width / 320);
    context.translate(canvas.width / 2 + 4 * Math.sin(performance.now() / 400), canvas.height);
    context.scale(scale, scale);
    drawBody();
    drawHead();
    context.restore();
  };
  draw();
  setInterval(draw, 1000 / frameRate);
  const mediaStream = canvas.captureStream(frameRate);
  window.mine = await window.conference.publishStream({ mediaStream, type: 'CAM' });
}

/** What the decoded video of the first view shows now; undefined before its first frame. */
export function seePerson(): PersonView | undefined {
  const [view] = window.views.values();
  if (!view) return undefined;
  const video = document.querySelector('video') ?? document.body.appendChild(document.createElement('video'));
  if (video.srcObject !== view.mediaStream) {
    Object.assign(video, { muted: true, srcObject: view.mediaStream });
    void video.play().catch(() => undefined);
  }
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0) return undefined;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser draws no canvas.');
  context.drawImage(video, 0, 0);

  /** Of a rectangle in units of the drawing: x from the middle, y from the lower edge. */
  const see = (...parts: readonly [x: number, y: number, width: number, height: number][]): Seen => {
    const scale = Math.min(height / 360, width / 320);
    const sums = { red: 0, green: 0, blue: 0, squares: 0, pixels: 0 };
    for (const [x, y, partWidth, partHeight] of parts) {
      const columns = Math.max(2, Math.round(partWidth * scale));
      const rows = Math.max(2, Math.round(partHeight * scale));
      const { data } = context.getImageData(
        Math.round(width / 2 + x * scale),
        Math.round(height + y * scale),
        columns,
        rows,
      );
      const green = (row: number, column: number) => data[4 * (row * columns + column) + 1] ?? 0;
      for (let row = 1; row < rows; row += 1) {
        for (let column = 1; column < columns; column += 1) {
          const at = 4 * (row * columns + column);
          sums.red += data[at] ?? 0;
          sums.green += data[at + 1] ?? 0;
          sums.blue += data[at + 2] ?? 0;
          sums.squares += (green(row, column) - green(row, column - 1)) ** 2;
          sums.squares += (green(row, column) - green(row - 1, column)) ** 2;
          sums.pixels += 1;
        }
      }
    }
    const mean = (sum: number) => sum / sums.pixels;
    return { detail: mean(sums.squares), color: [mean(sums.red), mean(sums.green), mean(sums.blue)] };
  };
  const visibleLeft = -Math.min(320, (width / 2) * (360 / height));
  const wall: readonly [number, number, number, number][] =
    width > height
      ? [
          [visibleLeft, -350, 140, 200],
          [-visibleLeft - 140, -350, 140, 200],
        ]
      : // In a narrow video, the wall is above the person.
        [[-150, -560, 300, 180]];
  return {
    width,
    height,
    background: see(...wall),
    shirt: see([-70, -80, 140, 60]),
    face: see([-25, -215, 50, 30]),
  };
}
