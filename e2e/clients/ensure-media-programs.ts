import { spawnSync } from 'node:child_process';
import { installDebianPackages } from '../support/debian-packages.ts';

/** Debian's own Python, because another one on the path does not see Debian's packages. */
export const systemPython = '/usr/bin/python3';

const check = `
import aiortc, gi
gi.require_version('Gst', '1.0')
gi.require_version('GstWebRTC', '1.0')
from gi.repository import Gst, GstWebRTC
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in ('webrtcbin', 'nicesrc', 'vp8enc', 'opusenc'))
`;

const debianPackages = [
  'python3-aiortc',
  'python3-gst-1.0',
  'gir1.2-gst-plugins-bad-1.0',
  'gstreamer1.0-tools',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-nice',
];

/** Installs aiortc and GStreamer from Debian if they are missing. Throws with instructions if that fails. */
export function ensureMediaPrograms(): void {
  if (areThere() || (installDebianPackages(...debianPackages) && areThere())) return;
  throw new Error(
    `The client tests need these Debian packages, and apt-get could not install them: ${debianPackages.join(' ')}.`,
  );
}

function areThere(): boolean {
  const hasPython = spawnSync(systemPython, ['-c', check]).status === 0;
  return hasPython && spawnSync('gst-launch-1.0', ['--version']).status === 0;
}
