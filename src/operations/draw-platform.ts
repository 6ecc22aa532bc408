import type { Stacks, Template, TemplateResource } from '../platform/stacks.ts';
import { mermaidOf } from './draw-mermaid.ts';
import { svgOf } from './draw-svg.ts';

export type DiagramFormat = 'mermaid' | 'svg';

export interface DiagramNode {
  readonly id: string;
  /** Lines of the box. */
  readonly label: readonly string[];
}

export interface DiagramEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** Boxes in groups, and arrows between boxes that are there. */
export interface Diagram {
  readonly groups: readonly {
    readonly id: string;
    readonly label: string;
    readonly nodes: readonly DiagramNode[];
  }[];
  readonly edges: readonly DiagramEdge[];
}

export interface DrawPlatformResult {
  readonly environment: string;
  readonly format: DiagramFormat;
  readonly diagram: string;
}

/** Draws the platform of an environment from its templates; offline. */
export async function drawPlatform(
  input: { readonly environment: string; readonly format: DiagramFormat },
  deps: { readonly stacks: Stacks },
): Promise<DrawPlatformResult> {
  const synthesized = await deps.stacks.synth({ checks: false });
  const diagram = diagramOf(synthesized.map((stack) => stack.template));
  const draw = input.format === 'svg' ? svgOf : mermaidOf;
  return { environment: input.environment, format: input.format, diagram: draw(diagram) };
}

/** What the templates say, as boxes and arrows. An arrow is drawn only for a fact in a template. */
export function diagramOf(templates: readonly Template[]): Diagram {
  const parts = new Parts(templates);
  const groups = [
    { id: 'edge', label: 'API', nodes: apiNodes(parts) },
    { id: 'network', label: `VPC ${parts.text('AWS::EC2::VPC', 'CidrBlock')}`, nodes: networkNodes(parts) },
    { id: 'data', label: 'Database', nodes: databaseNodes(parts) },
    { id: 'glue', label: 'Data processing', nodes: pipelineNodes(parts) },
    { id: 'storage', label: 'S3', nodes: bucketNodes(parts) },
    { id: 'watch', label: 'Watching and keeping', nodes: watchNodes(parts) },
  ].filter((group) => group.nodes.length > 0);
  const known = new Set(groups.flatMap((group) => group.nodes.map((node) => node.id)));
  const edges = [...networkEdges(parts), ...apiEdges(parts), ...dataEdges(parts), ...watchEdges(parts)];
  return { groups, edges: edges.filter((edge) => known.has(edge.from) && known.has(edge.to)) };
}

/** The resources of all templates, by type. */
class Parts {
  readonly #resources: readonly (readonly [string, TemplateResource])[];

  constructor(templates: readonly Template[]) {
    this.#resources = templates.flatMap((template) => Object.entries(template.Resources));
  }

  all(type: string): (readonly [string, TemplateResource])[] {
    return this.#resources.filter(([, resource]) => resource.Type === type);
  }

  has(type: string): boolean {
    return this.all(type).length > 0;
  }

  /** A property of the first resource of a type, down a path. */
  value(type: string, ...path: readonly string[]): unknown {
    let here: unknown = this.all(type)[0]?.[1].Properties;
    for (const key of path) here = (here as Record<string, unknown> | undefined)?.[key];
    return here;
  }

  text(type: string, ...path: readonly string[]): string {
    return String(this.value(type, ...path) ?? '');
  }
}

function box(condition: boolean, id: string, ...label: string[]): DiagramNode[] {
  return condition ? [{ id, label: label.filter((line) => line !== '') }] : [];
}

function apiNodes(parts: Parts): DiagramNode[] {
  return [
    ...box(true, 'Internet', 'Internet'),
    ...box(
      parts.has('AWS::Route53::RecordSet'),
      'Route53',
      'Route 53',
      parts.text('AWS::Route53::RecordSet', 'Name'),
    ),
    ...box(parts.has('AWS::CertificateManager::Certificate'), 'ACM', 'ACM certificate'),
    ...box(parts.has('AWS::ApiGatewayV2::Api'), 'API_GW', 'API Gateway', 'HTTP API'),
    ...box(parts.has('AWS::ECR::Repository'), 'ECR', 'ECR', 'container image'),
  ];
}

function networkNodes(parts: Parts): DiagramNode[] {
  const subnets = parts.all('AWS::EC2::Subnet').map(([, one]) => String(one.Properties?.CidrBlock));
  const endpoints = parts.all('AWS::EC2::VPCEndpoint').length;
  return [
    ...box(true, 'Subnets', 'Subnets', ...subnets),
    ...box(
      parts.has('AWS::EC2::Instance'),
      'Bastion',
      'Bastion',
      parts.text('AWS::EC2::Instance', 'InstanceType'),
    ),
    ...box(images(parts).length > 0, 'Lambda', 'Shop API Lambda', 'container image'),
    ...box(endpoints > 0, 'Endpoints', 'VPC endpoints', `${endpoints} services`),
  ];
}

function databaseNodes(parts: Parts): DiagramNode[] {
  const scaling = parts.value('AWS::RDS::DBCluster', 'ServerlessV2ScalingConfiguration') as
    | { MinCapacity: number; MaxCapacity: number }
    | undefined;
  const capacity = scaling === undefined ? '' : `${scaling.MinCapacity}–${scaling.MaxCapacity} ACU`;
  return [
    ...box(parts.has('AWS::RDS::DBProxy'), 'RDS_Proxy', 'RDS Proxy', 'IAM, TLS'),
    ...box(
      scaling !== undefined,
      'RDS',
      'Aurora MySQL 8.0',
      capacity,
      parts.text('AWS::RDS::DBCluster', 'DatabaseName'),
    ),
    ...box(parts.has('AWS::SecretsManager::Secret'), 'Secrets', 'Secrets Manager', 'etl_reader, rotated'),
  ];
}

function pipelineNodes(parts: Parts): DiagramNode[] {
  const databases = parts.all('AWS::Glue::Database').length;
  const schedule = parts.text('AWS::Scheduler::Schedule', 'ScheduleExpression');
  const zone = parts.text('AWS::Scheduler::Schedule', 'ScheduleExpressionTimezone');
  return [
    ...box(schedule !== '', 'Scheduler', 'EventBridge Scheduler', schedule, zone),
    ...box(parts.has('AWS::SQS::Queue'), 'DeadLetters', 'Dead-letter queue'),
    ...crawlers(parts).map(({ id, words }) => ({ id, label: words })),
    ...box(databases > 0, 'Glue_Catalog', 'Glue Data Catalog', `${databases} databases`),
    ...box(
      parts.has('AWS::Glue::Job'),
      'Glue_Jobs',
      'Glue job',
      `Glue ${parts.text('AWS::Glue::Job', 'GlueVersion')}, PySpark`,
    ),
    ...box(parts.has('AWS::Athena::WorkGroup'), 'Athena', 'Athena', 'workgroup, cut-off'),
  ];
}

function bucketNodes(parts: Parts): DiagramNode[] {
  const words: readonly (readonly [RegExp, string, string])[] = [
    [/etl-output/, 'S3_ETL', 'ETL output'],
    [/athena-results/, 'S3_Athena', 'Athena results'],
    [/glue-scripts/, 'S3_Scripts', 'Glue scripts'],
    [/access-logs/, 'S3_Logs', 'Access logs'],
  ];
  const names = parts.all('AWS::S3::Bucket').map(([, one]) => String(one.Properties?.BucketName));
  return words
    .filter(([pattern]) => names.some((name) => pattern.test(name)))
    .map(([, id, label]) => ({ id, label: [label] }));
}

function watchNodes(parts: Parts): DiagramNode[] {
  const alarms = parts.all('AWS::CloudWatch::Alarm').length;
  const roles = parts.all('AWS::IAM::Role').length;
  return [
    ...box(parts.has('AWS::Logs::LogGroup'), 'CloudWatch', 'CloudWatch', `${alarms} alarms, dashboard, logs`),
    ...box(parts.has('AWS::SNS::Topic'), 'Alarms', 'SNS topic', 'alarms'),
    ...box(parts.has('AWS::Budgets::Budget'), 'Budget', 'Budget'),
    ...box(parts.has('AWS::Backup::BackupPlan'), 'Backup', 'AWS Backup', 'daily'),
    ...box(roles > 0, 'IAM', 'IAM', `${roles} roles`),
    ...box(parts.has('AWS::KMS::Key'), 'KMS', 'KMS key'),
  ];
}

/** What each security group stands for in the drawing: Glue's is both crawler and job. */
const BOXES_OF_GROUPS: Readonly<Record<string, readonly string[]>> = {
  bastion: ['Bastion'],
  database: ['RDS'],
  proxy: ['RDS_Proxy'],
  lambda: ['Lambda'],
  glue: ['Crawler_Aurora', 'Glue_Jobs'],
  rotation: ['Secrets'],
  endpoints: ['Endpoints'],
};

/** One arrow per pair of security group rules. */
function networkEdges(parts: Parts): DiagramEdge[] {
  const groups = new Map(
    parts
      .all('AWS::EC2::SecurityGroup')
      .map(([id, one]) => [id, String(one.Properties?.GroupName).split('-').at(-1) ?? '']),
  );
  const roleOf = (reference: unknown) =>
    groups.get(
      String((reference as { 'Fn::GetAtt'?: readonly string[] } | undefined)?.['Fn::GetAtt']?.[0]),
    ) ?? '';
  return parts.all('AWS::EC2::SecurityGroupIngress').flatMap(([, rule]) => {
    const { SourceSecurityGroupId, GroupId, FromPort, ToPort } = rule.Properties ?? {};
    if (FromPort !== ToPort) return [];
    const sources = BOXES_OF_GROUPS[roleOf(SourceSecurityGroupId)] ?? [];
    const targets = BOXES_OF_GROUPS[roleOf(GroupId)] ?? [];
    return sources.flatMap((from) => targets.map((to) => ({ from, to, label: String(FromPort) })));
  });
}

function apiEdges(parts: Parts): DiagramEdge[] {
  const hasDomain = parts.has('AWS::Route53::RecordSet');
  const edges: DiagramEdge[] = [{ from: 'Internet', to: 'Bastion', label: 'SSM' }];
  if (hasDomain) {
    edges.push(
      { from: 'Internet', to: 'Route53', label: 'DNS' },
      { from: 'Route53', to: 'API_GW', label: 'alias' },
    );
    edges.push({ from: 'ACM', to: 'API_GW', label: 'TLS' });
  } else {
    edges.push({ from: 'Internet', to: 'API_GW', label: 'HTTPS' });
  }
  if (parts.has('AWS::ApiGatewayV2::Integration'))
    edges.push({ from: 'API_GW', to: 'Lambda', label: 'event' });
  if (images(parts).some((image) => image.includes('.dkr.ecr.')))
    edges.push({ from: 'ECR', to: 'Lambda', label: 'digest' });
  return edges;
}

function dataEdges(parts: Parts): DiagramEdge[] {
  const crawled = crawlers(parts).flatMap(({ id, fromFiles }) => [
    ...(fromFiles ? [{ from: 'S3_ETL', to: id, label: 'landing/' }] : []),
    { from: id, to: 'Glue_Catalog', label: 'schema' },
  ]);
  const schedule = parts.has('AWS::Scheduler::Schedule');
  const job = parts.has('AWS::Glue::Job');
  const results = JSON.stringify(parts.value('AWS::Athena::WorkGroup', 'WorkGroupConfiguration') ?? '');
  return [
    ...crawled,
    ...(schedule ? [{ from: 'Scheduler', to: 'Glue_Jobs', label: 'StartJobRun' }] : []),
    ...(schedule ? [{ from: 'Scheduler', to: 'DeadLetters', label: 'never started' }] : []),
    ...(job ? [{ from: 'S3_Scripts', to: 'Glue_Jobs', label: 'script, SQL' }] : []),
    ...(job ? [{ from: 'Secrets', to: 'Glue_Jobs', label: 'login' }] : []),
    ...(job ? [{ from: 'Glue_Jobs', to: 'S3_ETL', label: 'Parquet' }] : []),
    ...(job ? [{ from: 'Glue_Jobs', to: 'Glue_Catalog', label: 'partitions' }] : []),
    { from: 'Glue_Catalog', to: 'Athena', label: 'tables' },
    { from: 'S3_ETL', to: 'Athena', label: 'files' },
    ...(results.includes('athena-results') ? [{ from: 'Athena', to: 'S3_Athena', label: 'results' }] : []),
  ];
}

function watchEdges(parts: Parts): DiagramEdge[] {
  const logged = parts.value('AWS::RDS::DBCluster', 'EnableCloudwatchLogsExports');
  return [
    { from: 'Lambda', to: 'CloudWatch', label: 'logs' },
    { from: 'Glue_Jobs', to: 'CloudWatch', label: 'logs, ends' },
    ...(Array.isArray(logged) ? [{ from: 'RDS', to: 'CloudWatch', label: logged.join(', ') }] : []),
    ...(parts.has('AWS::CloudWatch::Alarm') ? [{ from: 'CloudWatch', to: 'Alarms', label: 'alarm' }] : []),
    { from: 'Budget', to: 'Alarms', label: 'over budget' },
    ...(parts.has('AWS::Backup::BackupSelection') ? [{ from: 'RDS', to: 'Backup', label: 'copy' }] : []),
  ];
}

function crawlers(parts: Parts): { id: string; words: string[]; fromFiles: boolean }[] {
  return parts.all('AWS::Glue::Crawler').map(([, one]) => {
    const fromFiles = JSON.stringify(one.Properties?.Targets).includes('S3Targets');
    const schedule = one.Properties?.Schedule as { ScheduleExpression?: string } | undefined;
    const words = [
      'Glue crawler',
      fromFiles ? 'landed files' : 'Aurora',
      schedule?.ScheduleExpression ?? 'on request',
    ];
    return { id: fromFiles ? 'Crawler_Landing' : 'Crawler_Aurora', words, fromFiles };
  });
}

/** The images of functions that run one, as text. */
function images(parts: Parts): string[] {
  return parts
    .all('AWS::Lambda::Function')
    .filter(([, one]) => one.Properties?.PackageType === 'Image')
    .map(([, one]) => JSON.stringify(one.Properties?.Code));
}
