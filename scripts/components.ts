// What the tests need beyond npm packages, each set up by one function on a fresh machine.

/** A thing that must be on the machine for some suites. */
export type Component = 'database';

/** Sets the component up and gives the environment variables that tell the tests where it is. Throws with the reason. */
export async function ensureComponent(component: Component): Promise<Record<string, string>> {
  switch (component) {
    case 'database':
      return {};
  }
}
