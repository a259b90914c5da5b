import { spawnSync } from 'node:child_process';

/** Installs packages with apt-get, as root or with sudo. Returns whether that succeeded. */
export function installDebianPackages(...packages: readonly string[]): boolean {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const commands = [
    ['apt-get', 'update', '-qq'],
    // Something else on the machine may be installing, too.
    [
      'apt-get',
      '-o',
      'DPkg::Lock::Timeout=120',
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      ...packages,
    ],
  ];
  return commands.every((command) => {
    const [program = '', ...args] = [...asRoot, ...command];
    const { status } = spawnSync(program, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    return status === 0;
  });
}
