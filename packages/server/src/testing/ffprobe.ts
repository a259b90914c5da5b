import { spawnSync } from 'node:child_process';

/** What ffprobe prints about these entries of a file, one line each. Installs ffmpeg on Debian if it is missing. */
export function ffprobe(entries: string, path: string): readonly string[] {
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'csv=p=0', path];
  let { stdout, error } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  if (error) {
    installFfmpeg();
    ({ stdout, error } = spawnSync('ffprobe', args, { encoding: 'utf8' }));
  }
  if (error) throw new Error('This test needs ffprobe, which could not be installed.', { cause: error });
  return stdout.split('\n').filter(Boolean);
}

function installFfmpeg(): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'ffmpeg'],
  ]) {
    const [program = '', ...rest] = [...asRoot, 'apt-get', ...args];
    spawnSync(program, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
}
