import { type App, CfnOutput } from 'aws-cdk-lib';
import * as glue from 'aws-cdk-lib/aws-glue';
import { nameOf } from '../../src/config/naming.ts';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { CatalogDatabase } from '../constructs/catalog-database.ts';
import { DailyJob } from '../constructs/daily-job.ts';
import { DailySchedule } from '../constructs/daily-schedule.ts';
import { DatabaseConnection } from '../constructs/database-connection.ts';
import { GlueRole } from '../constructs/glue-role.ts';
import { JobFiles } from '../constructs/job-files.ts';
import { QueryWorkgroup } from '../constructs/query-workgroup.ts';
import { SchemaCrawler } from '../constructs/schema-crawler.ts';
import { PlatformStack } from '../platform-stack.ts';
import type { DatabaseStack } from './database-stack.ts';
import type { NetworkStack } from './network-stack.ts';
import type { StorageStack } from './storage-stack.ts';

/** Crawler schedules are UTC. 18:30 is 03:30 in Tokyo, after the daily job has landed its files. */
const AFTER_THE_JOB = 'cron(30 18 * * ? *)';
const DATABASE_CRAWLER_SCHEDULES = {
  hourly: 'cron(0 * * * ? *)',
  daily: 'cron(0 16 * * ? *)',
  off: undefined,
};

export interface PipelineStackNeeds {
  readonly network: NetworkStack;
  readonly storage: StorageStack;
  readonly database: DatabaseStack;
  readonly packageRoot: string;
  readonly stagingFolder: string;
}

/** From Aurora to the lake: catalog, crawlers, the daily job with its schedule, and where SQL runs. */
export class PipelineStack extends PlatformStack {
  readonly schedule: DailySchedule;
  readonly #on: PipelineStackNeeds;
  readonly #securityConfiguration: string;

  constructor(app: App, settings: PlatformSettings, on: PipelineStackNeeds) {
    super(app, 'pipeline', settings);
    this.#on = on;
    this.#securityConfiguration = this.#secure();
    const { names } = this;
    const catalog = {
      source: new CatalogDatabase(this, 'source', {
        name: names.sourceDatabase,
        description: 'The shop database as the crawler sees it',
      }),
      raw: new CatalogDatabase(this, 'raw', {
        name: names.rawDatabase,
        description: 'Landed files as the crawler sees them',
      }),
      lake: new CatalogDatabase(this, 'lake', {
        name: names.lakeDatabase,
        description: 'The published tables of the lake',
      }),
    };
    const connection = this.#connect();
    this.#crawlDatabase(catalog.source, connection);
    this.#crawlLanding(catalog.raw);
    const job = this.#describeJob(catalog, connection);
    this.schedule = new DailySchedule(this, 'daily', { job });
    new QueryWorkgroup(this, 'query', { key: on.storage.key.key });
    new CfnOutput(this, 'JobName', { value: job.name });
    new CfnOutput(this, 'Workgroup', { value: names.workgroup });
    new CfnOutput(this, 'LakeDatabase', { value: names.lakeDatabase });
  }

  /** Everything Glue writes besides the lake's own files is encrypted with the platform's key. */
  #secure(): string {
    const { keyArn } = this.#on.storage.key.key;
    const name = nameOf(this.settings, 'security configuration', 'glue');
    return new glue.CfnSecurityConfiguration(this, 'glue-encryption', {
      name,
      encryptionConfiguration: {
        s3Encryptions: [{ s3EncryptionMode: 'SSE-KMS', kmsKeyArn: keyArn }],
        cloudWatchEncryption: { cloudWatchEncryptionMode: 'SSE-KMS', kmsKeyArn: keyArn },
        jobBookmarksEncryption: { jobBookmarksEncryptionMode: 'CSE-KMS', kmsKeyArn: keyArn },
      },
    }).ref;
  }

  #connect(): DatabaseConnection {
    const { network, database } = this.#on;
    const [subnet] = network.vpc.selectSubnets(network.workloads).subnets;
    if (subnet === undefined) throw new Error('bug: the VPC has no subnet for Glue');
    return new DatabaseConnection(this, 'aurora', {
      host: database.aurora.cluster.clusterEndpoint.hostname,
      subnet,
      group: network.groups.use(this, 'glue'),
      secret: database.readerSecret,
    });
  }

  #crawlDatabase(database: CatalogDatabase, connection: DatabaseConnection): void {
    const role = this.#role('database-crawler', true);
    connection.grantUse(role);
    database.grantWrite(role);
    this.#on.storage.scripts.grantRead(role, 'drivers/');
    const schedule = DATABASE_CRAWLER_SCHEDULES[this.settings.pipeline.databaseCrawler];
    const crawler = new SchemaCrawler(this, 'database-crawler', {
      name: this.names.databaseCrawler,
      description: 'Finds the tables of the shop database',
      role,
      database,
      targets: {
        jdbcTargets: [{ connectionName: connection.name, path: `${this.settings.database.name}/%` }],
      },
      ...(schedule === undefined ? {} : { schedule }),
      securityConfiguration: this.#securityConfiguration,
    });
    crawler.node.addDependency(connection);
  }

  #crawlLanding(database: CatalogDatabase): void {
    const role = this.#role('landing-crawler', false);
    database.grantWrite(role);
    this.#on.storage.etl.grantRead(role, 'landing/');
    new SchemaCrawler(this, 'landing-crawler', {
      name: this.names.landingCrawler,
      description: 'Finds the schema of the landed files',
      role,
      database,
      targets: { s3Targets: [{ path: `s3://${this.names.etlBucket}/landing/` }] },
      schedule: AFTER_THE_JOB,
      securityConfiguration: this.#securityConfiguration,
    });
  }

  #describeJob(
    catalog: { readonly source: CatalogDatabase; readonly lake: CatalogDatabase },
    connection: DatabaseConnection,
  ): DailyJob {
    const { storage, database } = this.#on;
    const role = this.#role('daily-job', true);
    connection.grantUse(role);
    catalog.source.grantRead(role);
    catalog.lake.grantWrite(role);
    storage.etl.grantReadWrite(role);
    storage.scripts.grantRead(role);
    const files = new JobFiles(this, 'job-files', {
      bucket: storage.scripts,
      packageRoot: this.#on.packageRoot,
      stagingFolder: this.#on.stagingFolder,
    });
    return new DailyJob(this, 'job', {
      role,
      files,
      connection,
      databaseSecretArn: database.readerSecret.secret.secretArn,
      securityConfiguration: this.#securityConfiguration,
    });
  }

  #role(workload: string, inVpc: boolean) {
    const { role } = new GlueRole(this, `${workload}-role`, { workload, inVpc });
    this.#on.storage.key.grantUse(role);
    return role;
  }
}
