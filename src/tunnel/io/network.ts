/**
 * One proxy and TLS setting for everything that leaves this machine, the SDK's requests and the websocket
 * alike: HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { getCACertificates } from 'node:tls';
import { Failure, messageOf } from '../../std/failure.ts';

/** Sockets kept open for further requests to one host. */
const SOCKETS_MAX = 50;

export function openHttpsAgent(environment: Readonly<Record<string, string | undefined>>): Agent {
  const bundle = environment.AWS_CA_BUNDLE;
  return new Agent({
    keepAlive: true,
    maxSockets: SOCKETS_MAX,
    proxyEnv: {
      HTTPS_PROXY: environment.HTTPS_PROXY ?? environment.https_proxy,
      NO_PROXY: environment.NO_PROXY ?? environment.no_proxy,
    },
    // The bundle comes on top: an inspecting proxy's authority and the public ones may both be met.
    ...(bundle ? { ca: [...getCACertificates('default'), readBundle(bundle)] } : {}),
  });
}

function readBundle(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure({
      code: 'ca-bundle-unreadable',
      kind: 'configuration',
      message: `Cannot read the certificates of AWS_CA_BUNDLE at ${path}: ${messageOf(error)}.`,
      nextSteps: ['Set AWS_CA_BUNDLE to a file of PEM certificates, or unset it.'],
      cause: error,
    });
  }
}
