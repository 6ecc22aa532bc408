import * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { CatalogDatabase } from './catalog-database.ts';

export interface SchemaCrawlerProps {
  readonly name: string;
  readonly description: string;
  readonly role: iam.Role;
  readonly database: CatalogDatabase;
  readonly targets: glue.CfnCrawler.TargetsProperty;
  /** Six fields, UTC: crawlers know no time zone. Default: only when asked. */
  readonly schedule?: string;
  readonly securityConfiguration: string;
}

/** Finds out what tables there are and describes them. It adds; it never deletes what it no longer finds. */
export class SchemaCrawler extends Construct {
  constructor(scope: Construct, id: string, props: SchemaCrawlerProps) {
    super(scope, id);
    const crawler = new glue.CfnCrawler(this, 'crawler', {
      name: props.name,
      description: props.description,
      role: props.role.roleArn,
      databaseName: props.database.name,
      targets: props.targets,
      schemaChangePolicy: { updateBehavior: 'UPDATE_IN_DATABASE', deleteBehavior: 'LOG' },
      crawlerSecurityConfiguration: props.securityConfiguration,
      ...(props.schedule === undefined ? {} : { schedule: { scheduleExpression: props.schedule } }),
    });
    // CloudFormation sees the role but not its policy; without this the first crawl may find no rights.
    crawler.node.addDependency(props.role, props.database);
  }
}
