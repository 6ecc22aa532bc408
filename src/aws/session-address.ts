/** Signs the opening of a session's channel: a GET for the service `ssmmessages`, with today's credentials. */
import { createHash, createHmac } from 'node:crypto';
import type { Agent } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentityProvider, Checksum, SourceData } from '@smithy/types';
import type { ChannelAddress } from '../platform/sessions.ts';
import { strangeStreamUrl } from './session-errors.ts';

export interface SessionAddressDeps {
  readonly credentials: AwsCredentialIdentityProvider;
  /** The region the channel is in. */
  readonly region: string;
  readonly httpsAgent?: Agent;
  /** A PrivateLink endpoint or a test's gateway, instead of the host Session Manager names. */
  readonly endpoint?: string;
  readonly now?: () => Date;
}

/** The public hosts, in every partition, with and without IPv6. */
const SESSION_MANAGER_HOST =
  /^ssmmessages(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/u;
/** Query parameters of an address that is signed already. */
const PRESIGNED = /^x-amz-(algorithm|credential|date|expires|signedheaders|signature|security-token)$/iu;

/** Gives where to connect and the headers that prove the right to. Refuses hosts that are not AWS's. */
export async function signChannelAddress(
  streamUrl: string,
  deps: SessionAddressDeps,
): Promise<ChannelAddress> {
  const url = new URL(streamUrl);
  if (deps.endpoint !== undefined) useEndpoint(url, deps.endpoint);
  else if (url.protocol !== 'wss:' || !SESSION_MANAGER_HOST.test(url.hostname))
    throw strangeStreamUrl(url.host);
  const agent = url.protocol === 'wss:' && deps.httpsAgent ? { agent: deps.httpsAgent } : {};
  if ([...url.searchParams.keys()].some((name) => PRESIGNED.test(name)))
    return { url: url.href, headers: {}, ...agent };
  const signer = new SignatureV4({
    service: 'ssmmessages',
    region: deps.region,
    credentials: deps.credentials,
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host },
    },
    deps.now === undefined ? {} : { signingDate: deps.now() },
  );
  const { host: _, ...headers } = signed.headers;
  return { url: url.href, headers, ...agent };
}

/** The path and query stay Session Manager's; only where they are sent changes. */
function useEndpoint(url: URL, endpoint: string): void {
  const other = new URL(endpoint);
  url.protocol = other.protocol === 'http:' || other.protocol === 'ws:' ? 'ws:' : 'wss:';
  url.host = other.host;
  url.port = other.port;
}

/** The hash in the form the signer wants it; with a secret it is an HMAC. */
class Sha256 implements Checksum {
  private parts: Uint8Array[] = [];
  private readonly secret: SourceData | undefined;

  constructor(secret?: SourceData) {
    this.secret = secret;
  }

  update(data: Uint8Array): void {
    this.parts.push(data);
  }

  async digest(): Promise<Uint8Array> {
    const hash =
      this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.secret));
    for (const part of this.parts) hash.update(part);
    return hash.digest();
  }

  reset(): void {
    this.parts = [];
  }
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
