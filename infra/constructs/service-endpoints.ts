import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { platformOf } from '../platform-stack.ts';

/** Glue and the rotation have no public address, so these services must be reachable inside the VPC. */
const FOR_GLUE_AND_ROTATION = ['secretsmanager', 'glue', 'logs'];
/** The function that lets two users take turns asks RDS where the master's secret belongs. */
const FOR_ALTERNATING_USERS = ['rds'];
/** What the SSM agent calls; needed only where the bastion has no way to the internet. */
const FOR_A_PRIVATE_BASTION = ['ssm', 'ssmmessages', 'ec2messages'];

/** Interface endpoints for exactly the services that the flows use, in one zone or in all. */
export class ServiceEndpoints extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly vpc: ec2.IVpc;
      readonly subnets: ec2.SubnetSelection;
      readonly group: ec2.ISecurityGroup;
    },
  ) {
    super(scope, id);
    const { network, database } = platformOf(this).settings;
    const services = [
      ...FOR_GLUE_AND_ROTATION,
      ...(database.rotationStrategy === 'alternating-users' ? FOR_ALTERNATING_USERS : []),
      ...(network.privateSubnets ? FOR_A_PRIVATE_BASTION : []),
    ];
    const all = props.vpc.selectSubnets(props.subnets).subnets;
    for (const service of services) {
      new ec2.InterfaceVpcEndpoint(this, service, {
        vpc: props.vpc,
        service: new ec2.InterfaceVpcEndpointAwsService(service),
        subnets: { subnets: network.endpointZones === 'all' ? all : all.slice(0, 1) },
        securityGroups: [props.group],
        open: false,
        privateDnsEnabled: true,
      });
    }
  }
}
