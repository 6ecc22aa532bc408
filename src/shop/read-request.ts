import type { HonoRequest } from 'hono';
import type * as z from 'zod';
import type { ProblemDetail } from './problem.ts';
import { bodyNotJson, contentTypeWrong, requestInvalid } from './problems.ts';
import type { Route, RouteInput } from './route.ts';

/** Checks a request against its route's schemas. Throws one problem that lists everything that is wrong. */
export async function readRequest(
  request: HonoRequest,
  route: Route,
): Promise<RouteInput<unknown, unknown, unknown, unknown>> {
  const errors: ProblemDetail[] = [];
  const path = check('path', route.pathSchema, () => request.param(), errors);
  const query = check(
    'query',
    route.querySchema,
    () => readQuery(request, route.querySchema, errors),
    errors,
  );
  const headers = check('header', route.headerSchema, () => readHeaders(request, route.headerSchema), errors);
  const sent = route.bodySchema === undefined ? undefined : await readJson(request);
  const body = check('body', route.bodySchema, () => sent, errors);
  if (errors.length > 0) throw requestInvalid(errors);
  return { path, query, headers, body };
}

function check(
  part: string,
  schema: z.ZodType | undefined,
  read: () => unknown,
  errors: ProblemDetail[],
): unknown {
  if (schema === undefined) return undefined;
  const parsed = schema.safeParse(read());
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    errors.push({ path: [part, ...issue.path].join('.'), message: issue.message });
  }
  return undefined;
}

/** The known parameters; one that is given twice has no meaning here. */
function readQuery(
  request: HonoRequest,
  schema: z.ZodObject | undefined,
  errors: ProblemDetail[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, values] of Object.entries(request.queries())) {
    if (schema === undefined || !Object.hasOwn(schema.shape, name)) continue;
    if (values.length > 1) errors.push({ path: `query.${name}`, message: 'is given more than once' });
    else if (values[0] !== undefined) found[name] = values[0];
  }
  return found;
}

function readHeaders(request: HonoRequest, schema: z.ZodObject | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of Object.keys(schema?.shape ?? {})) {
    const value = request.header(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const JSON_TYPE = /^application\/json\s*(;|$)/i;

async function readJson(request: HonoRequest): Promise<unknown> {
  const type = request.header('content-type');
  if (type === undefined || !JSON_TYPE.test(type)) throw contentTypeWrong(type);
  const text = await request.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw bodyNotJson(error instanceof Error ? error.message : String(error));
  }
}
