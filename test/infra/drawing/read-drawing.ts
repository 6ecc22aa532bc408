import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Drawing {
  /** `RDS_Proxy[🔄 RDS Proxy]` gives `RDS_Proxy`. */
  readonly nodes: readonly string[];
  /** `Lambda --> RDS_Proxy`, and `Lambda -.-> SG_Lambda` for where something lies. */
  readonly arrows: readonly string[];
  /** `GlueJob->>RDS: JDBC接続` */
  readonly steps: readonly string[];
  /** Every line of the lists with components, numbers, the environment and the plans. */
  readonly facts: readonly string[];
}

/** The owner's drawing, as it was handed over. */
export function readDrawing(): Drawing {
  const text = readFileSync(
    join(import.meta.dirname, '..', '..', 'fixtures', 'platform-as-drawn.md'),
    'utf8',
  );
  const [graph = '', ...sequences] = [...text.matchAll(/```mermaid\n(.*?)```/gs)].map(
    (match) => match[1] ?? '',
  );
  const lists = text.slice(text.indexOf('## 主要コンポーネント詳細'));
  return {
    nodes: unique([...graph.matchAll(/^\s*(\w+)\[/gm)].map((match) => match[1] ?? '')),
    arrows: linesThat(graph, /-->|-\.->/),
    steps: sequences.flatMap((sequence) => linesThat(sequence, /-?->>|^\s*Note over/)),
    facts: linesThat(lists, /^\s*(-|\d+\.) /).filter((line) => !line.endsWith(':')),
  };
}

function linesThat(text: string, pattern: RegExp): string[] {
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .map((line) => line.trim());
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
