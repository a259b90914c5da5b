// What users of the script-tag page can have behind them in place of their room. The code that finds people in the video is fetched
// only when a user chooses one.
const assets = '/processors/';

/** A sky after sunset, drawn here so that the demo needs no photograph. */
function duskSky() {
  const canvas = new OffscreenCanvas(1280, 720);
  const context = canvas.getContext('2d');
  const sky = context.createLinearGradient(0, 0, 0, canvas.height);
  sky.addColorStop(0, '#1b2a52');
  sky.addColorStop(0.6, '#a5678e');
  sky.addColorStop(1, '#f0b58a');
  context.fillStyle = sky;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

export const backgrounds = [
  {
    id: 'blur',
    label: 'Blur',
    create: async () => {
      const { backgroundBlur } = await import('@parley-rtc/processors/background-blur');
      return backgroundBlur({ assets });
    },
  },
  {
    id: 'dusk',
    label: 'Evening sky',
    create: async () => {
      const { backgroundImage } = await import('@parley-rtc/processors/background-image');
      return backgroundImage({ assets, image: duskSky() });
    },
  },
];
