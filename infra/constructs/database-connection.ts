import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { MYSQL_PORT } from '../../src/config/network-flows.ts';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';
import type { ReaderSecret } from './reader-secret.ts';

/** Where `dp deploy` puts MySQL's driver: the one inside Glue's crawlers is too old for MySQL 8. */
export const DRIVER_KEY = 'drivers/mysql-connector-j-8.0.33.jar';
const DRIVER_CLASS = 'com.mysql.cj.jdbc.Driver';

export interface DatabaseConnectionProps {
  readonly host: string;
  readonly subnet: ec2.ISubnet;
  readonly group: ec2.ISecurityGroup;
  readonly secret: ReaderSecret;
}

/** How Glue reaches Aurora: over TLS, with the rotated secret, from one subnet. */
export class DatabaseConnection extends Construct {
  readonly name: string;
  readonly #secret: ReaderSecret;

  constructor(scope: Construct, id: string, props: DatabaseConnectionProps) {
    super(scope, id);
    const platform = platformOf(this);
    this.name = platform.names.connection;
    this.#secret = props.secret;
    new glue.CfnConnection(this, 'connection', {
      catalogId: platform.account,
      connectionInput: {
        name: this.name,
        description: 'Aurora as etl_reader',
        connectionType: 'JDBC',
        connectionProperties: {
          JDBC_CONNECTION_URL: `jdbc:mysql://${props.host}:${MYSQL_PORT}/${platform.settings.database.name}`,
          JDBC_ENFORCE_SSL: 'true',
          JDBC_DRIVER_JAR_URI: `s3://${platform.names.scriptsBucket}/${DRIVER_KEY}`,
          JDBC_DRIVER_CLASS_NAME: DRIVER_CLASS,
          SECRET_ID: props.secret.secret.secretArn,
        },
        physicalConnectionRequirements: {
          availabilityZone: props.subnet.availabilityZone,
          subnetId: props.subnet.subnetId,
          securityGroupIdList: [props.group.securityGroupId],
        },
      },
    });
  }

  /** Lets a crawler or job open the connection and log in with its secret. */
  grantUse(role: iam.Role): void {
    const platform = platformOf(this);
    grant(role, {
      actions: ['glue:GetConnection'],
      resources: [platform.arnOf('glue', 'catalog'), platform.arnOf('glue', `connection/${this.name}`)],
    });
    this.#secret.grantRead(role);
  }
}
