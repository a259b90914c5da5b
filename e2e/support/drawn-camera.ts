interface Look {
  readonly wall: readonly [top: string, bottom: string];
  readonly skin: string;
  readonly hair: string;
  readonly shirt: string;
}

const looks: readonly Look[] = [
  { wall: ['#b9c7cf', '#e8edf0'], skin: '#c68642', hair: '#2d1b10', shirt: '#37474f' },
  { wall: ['#f2cf9a', '#fbeedb'], skin: '#f1c9a5', hair: '#8d3b12', shirt: '#00695c' },
  { wall: ['#9fc3de', '#e3f0f8'], skin: '#8d5524', hair: '#171717', shirt: '#b23b3b' },
  { wall: ['#bfd3a6', '#eef4e6'], skin: '#e0ac69', hair: '#4b3621', shirt: '#3949ab' },
];

/** A script for a page, whose camera then shows a drawn person who sways: the browser's fake camera looks like a test. */
export function drawnCamera(person: number): string {
  return `(${install.toString()})(${JSON.stringify(looks[person % looks.length])})`;
}

/** Runs in the browser, as text, so it must not use anything outside itself. */
function install({ wall, skin, hair, shirt }: Look): void {
  const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
    const stream = await original(constraints);
    const [track] = stream.getVideoTracks();
    if (!track) return stream;
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    const context = canvas.getContext('2d');
    if (!context) return stream;
    const ellipse = (color: string, x: number, y: number, rx: number, ry: number): void => {
      context.fillStyle = color;
      context.beginPath();
      context.ellipse(x, y, rx, ry, 0, 0, Math.PI * 2);
      context.fill();
    };
    const background = context.createLinearGradient(0, 0, 0, 720);
    background.addColorStop(0, wall[0]);
    background.addColorStop(1, wall[1]);
    context.scale(0.5, 0.5);
    const draw = (): void => {
      const x = 640 + 18 * Math.sin(performance.now() / 900);
      context.fillStyle = background;
      context.fillRect(0, 0, 1280, 720);
      context.fillStyle = 'rgb(255 255 255 / 45%)';
      context.fillRect(900, 60, 240, 300);
      ellipse(hair, x, 290, 160, 190);
      ellipse(shirt, x, 760, 340, 260);
      ellipse(skin, x, 500, 62, 90);
      ellipse(skin, x, 330, 132, 168);
      ellipse(hair, x, 205, 138, 74);
      for (const side of [-1, 1]) ellipse('#1c1c1c', x + side * 50, 320, 12, 16);
      context.strokeStyle = '#7a2f2a';
      context.lineWidth = 9;
      context.lineCap = 'round';
      context.beginPath();
      context.arc(x, 378, 52, 0.2 * Math.PI, 0.8 * Math.PI);
      context.stroke();
    };
    draw();
    setInterval(draw, 200);
    stream.removeTrack(track);
    track.stop();
    for (const drawn of canvas.captureStream(5).getVideoTracks()) stream.addTrack(drawn);
    return stream;
  };
}
