import { spawnSync } from 'node:child_process';

/** What ffprobe, which must be installed, prints about these entries of a file, one line each. */
export function ffprobe(entries: string, path: string): readonly string[] {
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'csv=p=0', path];
  const { stdout, error } = spawnSync('ffprobe', args, { encoding: 'utf8' });
  if (error) throw error;
  return stdout.split('\n').filter(Boolean);
}
