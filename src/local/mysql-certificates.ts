import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const DAY_MS = 24 * 60 * 60 * 1000;
const VALID_DAYS = 3650;
/** A certificate closer to its end than this is replaced at the next start. */
const RENEW_DAYS = 30;
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** The name clients check the certificate for, also when they connect to 127.0.0.1. */
export const SERVER_NAME = 'localhost';

export interface CertificatePaths {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export function certificatePaths(folder: string): CertificatePaths {
  return {
    authority: join(folder, 'authority.pem'),
    certificate: join(folder, 'server.pem'),
    key: join(folder, 'server-key.pem'),
  };
}

/**
 * Makes a certificate for localhost and the authority that signs it, unless good ones are there. The
 * authority's key is thrown away at once, so nothing else can ever be signed with it.
 */
export async function ensureCertificates(folder: string, nowMs: number): Promise<CertificatePaths> {
  const paths = certificatePaths(folder);
  if (await isGood(paths, nowMs)) return paths;
  const made = await makeCertificates(nowMs);
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  const drafts = certificatePaths(draft);
  await writeFile(drafts.authority, made.authority, { mode: 0o600 });
  await writeFile(drafts.certificate, made.certificate, { mode: 0o600 });
  await writeFile(drafts.key, made.key, { mode: 0o600 });
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  return paths;
}

async function isGood(paths: CertificatePaths, nowMs: number): Promise<boolean> {
  try {
    const authority = new X509Certificate(await readFile(paths.authority));
    const certificate = new X509Certificate(await readFile(paths.certificate));
    await readFile(paths.key);
    const lastsMs = Date.parse(certificate.validTo) - nowMs;
    return certificate.checkIssued(authority) && lastsMs > RENEW_DAYS * DAY_MS;
  } catch {
    return false;
  }
}

async function makeCertificates(nowMs: number) {
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const { subtle } = globalThis.crypto;
  const validity = {
    // A day of slack, for a clock that is set back.
    notBefore: new Date(nowMs - DAY_MS),
    notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
    signingAlgorithm: KEY,
  };
  const authorityKeys = await subtle.generateKey(KEY, true, ['sign', 'verify']);
  const serverKeys = await subtle.generateKey(KEY, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: '01',
    name: 'CN=dp local database authority',
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: '02',
    issuer: authority.subject,
    subject: `CN=${SERVER_NAME}`,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: SERVER_NAME },
        { type: 'ip', value: '127.0.0.1' },
      ]),
    ],
  });
  const key = Buffer.from(await subtle.exportKey('pkcs8', serverKeys.privateKey));
  const lines = key.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    authority: `${authority.toString('pem')}\n`,
    certificate: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}
