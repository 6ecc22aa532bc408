import type { Diagram } from './draw-platform.ts';

/** The diagram in Mermaid's words, as GitHub renders it. */
export function mermaidOf({ groups, edges }: Diagram): string {
  const lines = ['graph LR'];
  for (const group of groups) {
    lines.push(`  subgraph ${group.id}["${quoted(group.label)}"]`);
    for (const node of group.nodes) lines.push(`    ${node.id}["${node.label.map(quoted).join('<br/>')}"]`);
    lines.push('  end');
  }
  for (const { from, to, label } of edges) lines.push(`  ${from} -->|"${quoted(label)}"| ${to}`);
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll('"', '#quot;').replaceAll('<', '#lt;').replaceAll('>', '#gt;');
}
