import { randomUUID } from 'node:crypto';
import { openAwsShopStore } from '../aws/shop-store.ts';
import { createShopApp } from './app.ts';
import { type HttpApiEvent, type HttpApiResult, requestOfEvent, resultOfResponse } from './lambda-event.ts';
import { problemResponse } from './problem.ts';
import { requestInvalid } from './problems.ts';
import { formatLogLine } from './request-log.ts';

/** Kept back from the invocation's time, so that a slow request gets an answer instead of a dead function. */
const LAST_WORDS_MS = 500;

// Made once per execution environment: the pool and its connections outlive the invocation.
const { store } = openAwsShopStore(process.env);
const app = createShopApp({
  store,
  log: (entry) => process.stdout.write(`${formatLogLine(entry, new Date())}\n`),
  elapsedMs: () => performance.now(),
  newId: randomUUID,
});

/** The door on AWS: one HTTP API event in, one result out. */
export async function handler(
  event: HttpApiEvent,
  context: { readonly getRemainingTimeInMillis: () => number },
): Promise<HttpApiResult> {
  const { requestId } = event.requestContext;
  let request: Request;
  try {
    request = requestOfEvent(event);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return resultOfResponse(
      problemResponse(requestInvalid([{ path: 'request', message: reason }]).words, requestId),
    );
  }
  const remainingMs = context.getRemainingTimeInMillis() - LAST_WORDS_MS;
  return resultOfResponse(await app.fetch(request, { requestId, remainingMs }));
}
