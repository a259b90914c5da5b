import { isIP } from 'node:net';
import { generate } from 'selfsigned';

/** SubjectAltName types of RFC 5280, section 4.2.1.6. A browser compares an address only with the latter. */
const [dnsName, ipAddress] = [2, 7] as const;

/** A self-signed certificate and its key, for this machine under its names and `lanAddress`. */
export async function createCertificate(
  lanAddress: string,
): Promise<{ readonly cert: string; readonly key: string }> {
  const names = ['localhost', '127.0.0.1', lanAddress];
  const { cert, private: key } = await generate([{ name: 'commonName', value: lanAddress }], {
    keyType: 'ec',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: names.map((name) =>
          isIP(name) === 0 ? { type: dnsName, value: name } : { type: ipAddress, ip: name },
        ),
      },
    ],
  });
  return { cert, key };
}
