import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { platformNames } from '../config/platform-names.ts';
import type { PlatformSettings } from '../config/platform-settings.ts';
import type { AwsClients } from './aws-clients.ts';
import { driverDamaged } from './deploy-errors.ts';

/** MySQL's driver for Java, of the version that Glue 5.1 brings for jobs: crawlers bring one too old for MySQL 8. */
const DRIVER = {
  file: 'mysql-connector-j-8.0.33.jar',
  artifact: 'com.mysql:mysql-connector-j:8.0.33',
  sha256: 'e2a3b2fc726a1ac64e998585db86b30fa8bf3f706195b78bb77c5f99bf877bd9',
} as const;

export interface UploadDriverInput {
  readonly settings: PlatformSettings;
  readonly projectRoot: string;
  readonly environmentVariables: Readonly<Record<string, string | undefined>>;
}

/**
 * Puts the driver where the crawler's connection looks for it, unless it is there. It is looked for on this machine and
 * never bundled with dp, whose licence differs. Gives what was done, or what the operator should do, in words.
 */
export async function uploadDriver(input: UploadDriverInput, clients: AwsClients): Promise<string> {
  const { HeadObjectCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
  const object = { Bucket: platformNames(input.settings).scriptsBucket, Key: `drivers/${DRIVER.file}` };
  return clients.call("put MySQL's driver where the crawler looks for it", async () => {
    const s3 = await clients.s3();
    if (await exists(() => s3.send(new HeadObjectCommand(object)))) return "MySQL's driver is there";
    const path = driverPaths(input).find((one) => existsSync(one));
    if (path === undefined) return missing(object.Bucket);
    const jar = readFileSync(path);
    const actual = createHash('sha256').update(jar).digest('hex');
    if (actual !== DRIVER.sha256) throw driverDamaged({ path, expected: DRIVER.sha256, actual });
    await s3.send(new PutObjectCommand({ ...object, Body: jar }));
    return `Uploaded MySQL's driver from ${path}`;
  });
}

/** Named by hand, set up for Spark on this machine, or fetched by Maven. */
function driverPaths({ projectRoot, environmentVariables }: UploadDriverInput): string[] {
  const named = environmentVariables.DP_CONNECTOR_JAR;
  return [
    ...(named === undefined || named === '' ? [] : [named]),
    join(projectRoot, '.dp', 'cache', 'jars', DRIVER.file),
    join(homedir(), '.m2', 'repository', 'com', 'mysql', 'mysql-connector-j', '8.0.33', DRIVER.file),
  ];
}

function missing(bucket: string): string {
  return (
    `The crawler of Aurora waits for MySQL's driver: mvn dependency:get -Dartifact=${DRIVER.artifact}, then dp deploy ` +
    `again (it goes to s3://${bucket}/drivers/)`
  );
}

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchKey/.test(error.name)) return false;
    throw error;
  }
}
