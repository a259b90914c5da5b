import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './ensure-program.ts';

/** PEM files. */
export interface Certificates {
  /** The certificate of the authority, for those who trust it. */
  readonly authority: string;
  /** The server's, signed by the authority. */
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority that nobody knows, and a certificate of it for `hostName`, in `folder`. Both are good for a day. */
export function makeCertificates(folder: string, hostName: string): Certificates {
  ensureProgram('openssl', 'openssl');
  const file = (name: string) => join(folder, name);
  const authority = file('authority.pem');
  const authorityKey = file('authority.key');
  const certificate = file('server.pem');
  const key = file('server.key');
  issue(['-keyout', authorityKey, '-out', authority, '-subj', '/CN=Authority of a Parley test'], {
    basicConstraints: 'critical,CA:TRUE',
    keyUsage: 'critical,keyCertSign',
  });
  const issuer = ['-CA', authority, '-CAkey', authorityKey];
  issue([...issuer, '-keyout', key, '-out', certificate, '-subj', `/CN=${hostName}`], {
    basicConstraints: 'critical,CA:FALSE',
    keyUsage: 'critical,digitalSignature',
    extendedKeyUsage: 'serverAuth',
    subjectAltName: `DNS:${hostName}`,
  });
  return { authority, certificate, key };
}

/**
 * Makes an NSS database in `folder` that trusts the authority. Firefox looks for one in its profile, Chromium under the user's
 * home, in {@link chromiumTrust}; both verify certificates as ever.
 */
export function trust(authority: string, folder: string): void {
  ensureProgram('certutil', 'libnss3-tools');
  mkdirSync(folder, { recursive: true });
  const database = ['-d', `sql:${folder}`];
  run('certutil', [...database, '-N', '--empty-password']);
  run('certutil', [...database, '-A', '-n', 'parley', '-t', 'C,,', '-i', authority]);
}

/** In a home folder on Linux. */
export const chromiumTrust = '.pki/nssdb';

function issue(options: readonly string[], extensions: Readonly<Record<string, string>>): void {
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const added = Object.entries(extensions).flatMap(([name, value]) => ['-addext', `${name}=${value}`]);
  run('openssl', ['req', '-x509', '-days', '1', ...newKey, ...options, ...added]);
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}
