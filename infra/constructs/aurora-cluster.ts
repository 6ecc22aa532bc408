import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { MYSQL_PORT } from '../../src/config/network-flows.ts';
import type { DatabaseLog } from '../../src/config/platform-names.ts';
import type { PlatformSettings } from '../../src/config/platform-settings.ts';
import { acknowledge } from '../acknowledge.ts';
import { platformOf } from '../platform-stack.ts';
import { KeptLogs } from './kept-logs.ts';

const MASTER_USER = 'admin';
const SLOW_QUERY_SECONDS = 1;
const BACKTRACK_HOURS = 1;
/** Both are UTC: 03:00 and 04:00 in Tokyo, after the daily job, before the day. */
const BACKUP_WINDOW = '18:30-19:00';
const MAINTENANCE_WINDOW = 'sun:19:30-sun:20:00';

export interface AuroraClusterProps {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.SubnetSelection;
  readonly group: ec2.ISecurityGroup;
  readonly key: kms.IKey;
}

/**
 * Aurora MySQL 8.0, Serverless v2. RDS makes, keeps and rotates the master password, so nobody has to know it;
 * applications log in by IAM or by a rotated secret, always over TLS.
 */
export class AuroraCluster extends Construct {
  readonly cluster: rds.DatabaseCluster;

  constructor(scope: Construct, id: string, props: AuroraClusterProps) {
    super(scope, id);
    const { names, settings } = platformOf(this);
    const { database, operations } = settings;
    const engine = rds.DatabaseClusterEngine.auroraMysql({
      version: rds.AuroraMysqlEngineVersion.VER_3_10_4,
    });
    const exported: DatabaseLog[] = [
      'audit',
      'error',
      ...(database.generalLog ? ['general' as const] : []),
      'slowquery',
    ];
    this.cluster = new rds.DatabaseCluster(this, 'cluster', {
      clusterIdentifier: names.cluster,
      engine,
      port: MYSQL_PORT,
      credentials: rds.Credentials.fromUsername(MASTER_USER),
      manageMasterUserPassword: true,
      defaultDatabaseName: database.name,
      vpc: props.vpc,
      vpcSubnets: props.subnets,
      securityGroups: [props.group],
      writer: instance(`${names.cluster}-writer`),
      readers: database.reader ? [instance(`${names.cluster}-reader`, true)] : [],
      serverlessV2MinCapacity: database.capacityMin,
      serverlessV2MaxCapacity: database.capacityMax,
      parameterGroup: this.#parameters(engine, settings),
      storageEncrypted: true,
      storageEncryptionKey: props.key,
      iamAuthentication: true,
      enableDataApi: true,
      backup: { retention: Duration.days(database.backupDays), preferredWindow: BACKUP_WINDOW },
      preferredMaintenanceWindow: MAINTENANCE_WINDOW,
      backtrackWindow: Duration.hours(BACKTRACK_HOURS),
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: exported,
      deletionProtection: operations.protect,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });
    for (const kind of exported) {
      const logs = new KeptLogs(this, `${kind}-logs`, { name: names.logs.database(kind) });
      this.cluster.node.addDependency(logs);
    }
    this.#acknowledge(operations.protect);
  }

  #parameters(engine: rds.IClusterEngine, { database }: PlatformSettings): rds.ParameterGroup {
    return new rds.ParameterGroup(this, 'parameters', {
      engine,
      name: platformOf(this).names.cluster,
      description: 'TLS only, UTC, utf8mb4, and the logs that are exported',
      parameters: {
        require_secure_transport: 'ON',
        tls_version: 'TLSv1.2,TLSv1.3',
        time_zone: 'UTC',
        character_set_server: 'utf8mb4',
        server_audit_logging: '1',
        server_audit_events: 'CONNECT,QUERY_DCL,QUERY_DDL',
        general_log: database.generalLog ? '1' : '0',
        slow_query_log: '1',
        long_query_time: String(SLOW_QUERY_SECONDS),
        log_output: 'FILE',
      },
    });
  }

  #acknowledge(isProtected: boolean): void {
    acknowledge(
      this.cluster,
      'AwsSolutions-RDS11',
      'Another port hides nothing: only named security groups reach the database at all.',
    );
    if (isProtected) return;
    acknowledge(
      this.cluster,
      'AwsSolutions-RDS10',
      'A staging environment is made to be destroyed; its last snapshot is kept.',
    );
  }
}

function instance(name: string, isReader = false): rds.IClusterInstance {
  return rds.ClusterInstance.serverlessV2(isReader ? 'reader' : 'writer', {
    instanceIdentifier: name,
    publiclyAccessible: false,
    autoMinorVersionUpgrade: true,
    ...(isReader ? { scaleWithWriter: true } : {}),
  });
}
