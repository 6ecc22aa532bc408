import * as glue from 'aws-cdk-lib/aws-glue';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { grant } from '../grant.ts';
import { platformOf } from '../platform-stack.ts';

const READ_ACTIONS = [
  'glue:GetDatabase',
  'glue:GetTable',
  'glue:GetTables',
  'glue:GetPartition',
  'glue:GetPartitions',
  'glue:BatchGetPartition',
];
const WRITE_ACTIONS = [
  'glue:CreateTable',
  'glue:UpdateTable',
  'glue:CreatePartition',
  'glue:UpdatePartition',
  'glue:BatchCreatePartition',
  'glue:BatchUpdatePartition',
];

/** One database of the Glue Data Catalog: what the tables are, not where they come from. */
export class CatalogDatabase extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: { readonly name: string; readonly description: string }) {
    super(scope, id);
    this.name = props.name;
    new glue.CfnDatabase(this, 'database', {
      catalogId: platformOf(this).account,
      databaseInput: { name: props.name, description: props.description },
    });
  }

  /** Lets a workload see the tables of this database. */
  grantRead(role: iam.Role): void {
    this.#grant(role, READ_ACTIONS);
  }

  /** Lets a workload define tables and partitions of this database, but delete none. */
  grantWrite(role: iam.Role): void {
    this.#grant(role, [...READ_ACTIONS, ...WRITE_ACTIONS]);
  }

  #grant(role: iam.Role, actions: string[]): void {
    const platform = platformOf(this);
    grant(role, {
      actions,
      resources: [
        platform.arnOf('glue', 'catalog'),
        platform.arnOf('glue', `database/${this.name}`),
        platform.arnOf('glue', `table/${this.name}/*`),
      ],
      because: 'The tables of this database come and go with their contracts.',
    });
  }
}
