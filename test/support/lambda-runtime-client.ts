// What AWS' own Node.js runtime does with a handler, in a few lines: asks the Runtime API for an event, calls the
// handler, sends back what it gives. `node lambda-runtime-client.ts BUNDLE`. With AWS' client installed, the test
// runs that one instead (DP_LAMBDA_RIC).
import { pathToFileURL } from 'node:url';

const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

try {
  const { handler } = await import(pathToFileURL(process.argv[2] ?? '').href);
  for (;;) await runOnce(handler);
} catch (error) {
  await post(`${base}/init/error`, describe(error)).catch(() => undefined);
  process.exitCode = 1;
}

async function runOnce(
  handler: (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>,
): Promise<void> {
  const next = await fetch(`${base}/invocation/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const deadlineMs = Number(next.headers.get('lambda-runtime-deadline-ms'));
  const context = { getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  try {
    const result = await handler(await next.json(), context);
    await post(`${base}/invocation/${id}/response`, result);
  } catch (error) {
    await post(`${base}/invocation/${id}/error`, describe(error));
  }
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body) });
}

function describe(error: unknown): { errorMessage: string; errorType: string } {
  const { message, name } = error as Error;
  return { errorMessage: message, errorType: name };
}
