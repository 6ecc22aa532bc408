import * as z from 'zod';
import { PROBLEM_TYPE } from './problem.ts';
import type { Route } from './route.ts';
import { problem } from './schemas.ts';
import { shopRoutes } from './shop-routes.ts';

type Json = Record<string, unknown>;

let made: Json | undefined;

/** The OpenAPI 3.1 document of the Shop API, made from the schemas that check its requests. */
export function openApiDocument(): Json {
  made ??= makeDocument();
  return made;
}

function makeDocument(): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of shopRoutes) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(route, components);
    paths[route.path] = path;
  }
  schemaOf(problem, 'output', components);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Shop API',
      version: '1.0.0',
      description:
        'Products, customers and orders of the shop. Money is text with two digits, times are UTC.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: components },
  };
}

function operationOf(route: Route, components: Json): Json {
  const { operationId, tag, summary, bodySchema } = route;
  const parameters = [
    ...parametersOf('path', route.pathSchema, components),
    ...parametersOf('query', route.querySchema, components),
    ...parametersOf('header', route.headerSchema, components),
  ];
  const requestBody = bodySchema && {
    required: true,
    content: { 'application/json': { schema: schemaOf(bodySchema, 'input', components) } },
  };
  return {
    operationId,
    tags: [tag],
    summary,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(requestBody ? { requestBody } : {}),
    responses: responsesOf(route, components),
  };
}

function parametersOf(place: string, schema: z.ZodObject | undefined, components: Json): Json[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field as z.ZodType, 'input', components);
    const required = place === 'path' || !(field as z.ZodType).isOptional();
    return {
      name: place === 'header' ? headerName(name) : name,
      in: place,
      required,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** `idempotency-key` as people write it: `Idempotency-Key`. */
function headerName(name: string): string {
  return name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

function responsesOf(route: Route, components: Json): Json {
  const { answer, links = {} } = route;
  const responses: Json = {
    [answer.status]: {
      description: answer.description,
      content: { 'application/json': { schema: schemaOf(answer.schema, 'output', components) } },
      ...(answer.headers ? { headers: headersOf(answer.headers) } : {}),
      ...(route.links ? { links: linksOf(links) } : {}),
    },
  };
  const problems: Record<string, string> = {
    400: 'The request is not valid; `errors` says where.',
    ...route.problems,
    ...(route.bodySchema === undefined
      ? {}
      : { 413: 'The body is larger than 64 KiB.', 415: 'The body is not application/json.' }),
    500: 'An error in the shop; its log has the request id.',
    503: 'The database is away for a moment; see Retry-After.',
    504: 'The shop took too long.',
  };
  if (route.pathSchema === undefined && route.querySchema === undefined && route.bodySchema === undefined) {
    delete problems['400'];
  }
  for (const [status, description] of Object.entries(problems)) {
    const content = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };
    responses[status] = { description, content };
  }
  return responses;
}

function headersOf(headers: Readonly<Record<string, string>>): Json {
  const schema = { type: 'string' };
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema }]),
  );
}

function linksOf(links: Readonly<Record<string, string>>): Json {
  return Object.fromEntries(
    Object.entries(links).map(([operationId, parameter]) => [
      operationId,
      { operationId, parameters: { [parameter]: '$response.body#/id' } },
    ]),
  );
}

/** A schema as JSON Schema; those with an id go among the components and are referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const {
    $schema: _,
    $defs,
    ...own
  } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io,
    override: ({ zodSchema, jsonSchema }) => {
      const replacement = z.globalRegistry.get(zodSchema)?.openapi as Json | undefined;
      if (replacement === undefined) return;
      const { description } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, description === undefined ? {} : { description }, replacement);
    },
  }) as Json;
  for (const [id, component] of Object.entries(($defs as Json | undefined) ?? {})) {
    components[id] = withReferences(component as Json);
  }
  return withReferences(own);
}

/** Components lose their own name, which is their key, and are referred to where OpenAPI keeps them. */
function withReferences(schema: Json): Json {
  const text = JSON.stringify(schema, (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  );
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}
