import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { AWS_PRICES } from '../../src/config/aws-prices.ts';
import { mermaidOf } from '../../src/operations/draw-mermaid.ts';
import { diagramOf } from '../../src/operations/draw-platform.ts';
import { svgOf } from '../../src/operations/draw-svg.ts';
import { estimateCost, USUAL_USAGE } from '../../src/operations/estimate-cost.ts';
import type { Template } from '../../src/platform/stacks.ts';
import { environmentUnderTest } from './model/synthesized.ts';

const templatesOf = (environment: 'staging' | 'production') =>
  [...environmentUnderTest(environment).model.input.templates.values()] as unknown as Template[];
const staging = () => estimateCost(templatesOf('staging'));
const sumOf = (component: string, estimate = staging()) =>
  estimate.rows.filter((row) => row.component === component).reduce((sum, row) => sum + row.monthlyUsd, 0);
const alternative = (what: string) =>
  staging().alternatives.find((one) => one.what === what)?.monthlyUsd ?? Number.NaN;
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 0.005, `${actual}, wanted ${expected}`);

describe('the cost of an environment', () => {
  test('is the sum of its rows, each quantity times its price', () => {
    const { rows, monthlyUsd } = staging();
    assert.ok(rows.length > 15);
    for (const row of rows) near(row.monthlyUsd, row.quantity * AWS_PRICES[row.price].usd);
    near(
      monthlyUsd,
      rows.reduce((sum, row) => sum + row.monthlyUsd, 0),
    );
  });

  test('has the figures that surprise: a proxy billed for eight ACU, a crawl for ten minutes', () => {
    near(sumOf('RDS Proxy'), 146);
    near(sumOf('Crawlers'), 730 * (1 / 6) * 2 * 0.44 + (730 / 24) * (1 / 6) * 2 * 0.44);
    near(sumOf('Endpoints'), 3 * 730 * 0.014);
  });

  test('compares with and without proxy, crawlers hourly and daily, NAT and endpoints', () => {
    const { monthlyUsd } = staging();
    near(alternative('with RDS Proxy'), monthlyUsd);
    near(alternative('without RDS Proxy'), monthlyUsd - 146);
    near(alternative('database crawler hourly'), monthlyUsd);
    assert.ok(alternative('database crawler daily') < monthlyUsd - 100);
    near(
      alternative('one NAT gateway instead of interface endpoints'),
      monthlyUsd - sumOf('Endpoints') + 730 * 0.062,
    );
  });

  test('grows with use, and production costs more than staging', () => {
    const busy = estimateCost(templatesOf('staging'), { ...USUAL_USAGE, apiRequests: 10_000_000 });
    assert.ok(sumOf('Shop API', busy) > 10 * sumOf('Shop API'));
    assert.ok(estimateCost(templatesOf('production')).monthlyUsd > staging().monthlyUsd + 100);
  });

  test('is nothing for nothing', () => {
    assert.deepEqual(estimateCost([]).rows, []);
  });

  test('rests on prices that each have a source and a date', () => {
    for (const [name, price] of Object.entries(AWS_PRICES)) {
      assert.match(price.readOn, /^20\d\d-\d\d-\d\d$/, name);
      assert.ok(price.source.length > 10 && price.usd > 0 && price.unit !== '', name);
    }
  });
});

describe('the drawing of an environment', () => {
  test('in docs/architecture.md is the one that dp diagram makes', () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'architecture.md'), 'utf8');
    const [, drawn] = /```mermaid\n(.*?)```/s.exec(page) ?? [];
    assert.equal(drawn, mermaidOf(diagramOf(templatesOf('staging'))));
  });

  test('has every box and arrow of the owner’s drawing that is a thing on AWS', () => {
    const { groups, edges } = diagramOf(templatesOf('staging'));
    const ids = new Set(groups.flatMap((group) => group.nodes.map((node) => node.id)));
    const drawn = [
      'Internet Route53 API_GW ACM Lambda ECR Bastion RDS RDS_Proxy Secrets IAM CloudWatch',
      'S3_ETL S3_Athena S3_Scripts Glue_Catalog Glue_Jobs Athena Crawler_Aurora Scheduler',
    ];
    for (const id of drawn.join(' ').split(' ')) assert.ok(ids.has(id), id);
    const arrows = new Set(edges.map(({ from, to }) => `${from}>${to}`));
    for (const arrow of [
      'Route53>API_GW',
      'API_GW>Lambda',
      'Lambda>RDS_Proxy',
      'RDS_Proxy>RDS',
      'Internet>Bastion',
      'Bastion>RDS',
      'Crawler_Aurora>RDS',
      'Crawler_Aurora>Glue_Catalog',
      'Glue_Jobs>S3_ETL',
      'S3_ETL>Athena',
      'Athena>S3_Athena',
      'ECR>Lambda',
      'Lambda>CloudWatch',
      'Glue_Jobs>CloudWatch',
      'RDS>CloudWatch',
    ]) {
      assert.ok(arrows.has(arrow), arrow);
    }
  });

  test('draws no arrow to a box that is not there, and none for a rule that is gone', () => {
    const templates = structuredClone(templatesOf('staging'));
    const network = templates.find((one) =>
      Object.values(one.Resources).some((r) => r.Type === 'AWS::EC2::VPC'),
    );
    const resources = (network?.Resources ?? {}) as Record<string, unknown>;
    for (const id of Object.keys(resources)) if (/lambdatoproxyin/.test(id)) delete resources[id];
    const { edges } = diagramOf(templates);
    assert.ok(!edges.some(({ from, to }) => from === 'Lambda' && to === 'RDS_Proxy'));
    assert.deepEqual(diagramOf([]).edges, []);
  });

  test('as SVG has a rectangle per box and a curve per arrow, and is well formed', () => {
    const diagram = diagramOf(templatesOf('production'));
    const svg = svgOf(diagram);
    const nodes = diagram.groups.flatMap((group) => group.nodes);
    assert.equal(svg.match(/class="box"/g)?.length, nodes.length);
    assert.equal(svg.match(/class="arrow"/g)?.length, diagram.edges.length);
    const open = svg.match(/<(\w+)[^>]*[^/]>/g) ?? [];
    const closed = svg.match(/<\/\w+>/g) ?? [];
    assert.equal(open.length, closed.length);
    assert.doesNotMatch(svg, /NaN|undefined/);
  });
});
