import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ARROWS, FACTS, NODES, PLACES, PRODUCTION_FACTS, STEPS } from './drawing/drawing-rows.ts';
import type { Look } from './drawing/evidence.ts';
import { readDrawing } from './drawing/read-drawing.ts';
import { PlatformModel } from './model/platform-model.ts';
import { environmentUnderTest } from './model/synthesized.ts';

function assertShown(what: string, look: Look, environment: 'staging' | 'production' = 'staging'): void {
  const evidence = look(environmentUnderTest(environment).model);
  assert.ok(evidence.length > 0, `nothing in the templates of ${environment} shows: ${what}`);
  for (const { stack, id } of evidence) assert.ok(stack !== '' && id !== '');
}

describe('the drawing and its rows are the same list', () => {
  const drawing = readDrawing();
  const pairs: [string, readonly string[], readonly string[]][] = [
    ['boxes', drawing.nodes, Object.keys(NODES)],
    ['arrows and places', drawing.arrows, [...Object.keys(ARROWS), ...Object.keys(PLACES)]],
    ['steps', drawing.steps, Object.keys(STEPS)],
    ['facts', drawing.facts, Object.keys(FACTS)],
  ];
  for (const [kind, drawn, rows] of pairs) {
    test(`${drawn.length} ${kind}`, () => {
      assert.ok(drawn.length > 0);
      assert.deepEqual([...rows].sort(), [...drawn].sort());
    });
  }
});

describe('each box of the drawing exists', () => {
  for (const [node, look] of Object.entries(NODES)) test(node, () => assertShown(node, look));
});

describe('each arrow of the drawing has a path and a permission', () => {
  for (const [arrow, { path, permission }] of Object.entries(ARROWS)) {
    test(`${arrow}: path`, () => assertShown(arrow, path));
    test(`${arrow}: permission`, () => assertShown(arrow, permission));
  }
});

describe('each thing lies where it was drawn', () => {
  for (const [place, look] of Object.entries(PLACES)) test(place, () => assertShown(place, look));
});

describe('each step of the flows can be taken', () => {
  for (const [step, look] of Object.entries(STEPS)) test(step, () => assertShown(step, look));
});

describe('each fact of the lists is so', () => {
  for (const [fact, look] of Object.entries(FACTS)) test(fact, () => assertShown(fact, look));
  for (const [fact, look] of Object.entries(PRODUCTION_FACTS)) {
    test(`in production: ${fact}`, () => assertShown(fact, look, 'production'));
  }
});

describe('a row that checks nothing fails', () => {
  const rows: Readonly<Record<string, Look>> = {
    ...NODES,
    ...PLACES,
    ...STEPS,
    ...FACTS,
    ...Object.fromEntries(Object.entries(ARROWS).map(([arrow, { path }]) => [`${arrow}: path`, path])),
    ...Object.fromEntries(Object.entries(ARROWS).map(([arrow, one]) => [`${arrow}: right`, one.permission])),
  };
  for (const [row, look] of Object.entries(rows)) {
    test(`without its evidence there is none: ${row}`, () => {
      const { model } = environmentUnderTest('staging');
      const gone = new Set(look(model).map(({ stack, id }) => `${stack}/${id}`));
      const templates = new Map(
        [...model.input.templates].map(([stack, template]) => [
          stack,
          {
            ...template,
            Resources: Object.fromEntries(
              Object.entries(template.Resources).filter(([id]) => !gone.has(`${stack}/${id}`)),
            ),
          },
        ]),
      );
      assert.ok(gone.size > 0);
      assert.deepEqual(look(new PlatformModel(model.settings, { ...model.input, templates })), []);
    });
  }
});
