import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from './ensure-program.ts';

/** Paths of PEM files. */
export interface Certificates {
  /** The authority's certificate. */
  readonly authority: string;
  /** The server's certificate, signed by the authority. */
  readonly certificate: string;
  readonly key: string;
}

/** Creates a private authority and a certificate for `hostName` in `folder`. Both are valid for one day. */
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
 * Creates an NSS database in `folder` that trusts the authority. Firefox reads it from its profile, Chromium from
 * {@link chromiumTrust} in the user's home. Certificate verification stays on.
 */
export function trust(authority: string, folder: string): void {
  ensureProgram('certutil', 'libnss3-tools');
  mkdirSync(folder, { recursive: true });
  const database = ['-d', `sql:${folder}`];
  run('certutil', [...database, '-N', '--empty-password']);
  run('certutil', [...database, '-A', '-n', 'parley', '-t', 'C,,', '-i', authority]);
}

/** Path within a home folder on Linux. */
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
