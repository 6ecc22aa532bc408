import type { Diagram, DiagramNode } from './draw-platform.ts';

/** All lengths in pixels. */
const BOX_WIDTH = 190;
const LINE_HEIGHT = 16;
const BOX_PADDING = 10;
const BOX_GAP = 26;
const GROUP_PADDING = 18;
const GROUP_GAP = 90;
const TITLE_HEIGHT = 26;
const MARGIN = 20;
const CURVE = 50;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** The diagram as a picture: one column per group, arrows as curves between the boxes' sides. */
export function svgOf({ groups, edges }: Diagram): string {
  const places = new Map<string, Place>();
  const parts: string[] = [];
  let x = MARGIN;
  let bottom = 0;
  for (const group of groups) {
    let y = MARGIN + TITLE_HEIGHT + GROUP_PADDING;
    for (const node of group.nodes) {
      const height = heightOf(node);
      places.set(node.id, { x: x + GROUP_PADDING, y, height });
      y += height + BOX_GAP;
    }
    const height = y - BOX_GAP + GROUP_PADDING - MARGIN;
    const width = BOX_WIDTH + 2 * GROUP_PADDING;
    parts.push(`<rect class="group" x="${x}" y="${MARGIN}" width="${width}" height="${height}" rx="8"/>`);
    parts.push(text('title', x + GROUP_PADDING, MARGIN + TITLE_HEIGHT - 6, group.label));
    bottom = Math.max(bottom, MARGIN + height);
    x += width + GROUP_GAP;
  }
  for (const edge of edges) {
    const from = places.get(edge.from);
    const to = places.get(edge.to);
    if (from !== undefined && to !== undefined) parts.push(curve(from, to, edge.label));
  }
  for (const node of groups.flatMap((group) => group.nodes)) {
    const place = places.get(node.id);
    if (place !== undefined) parts.push(drawBox(node, place));
  }
  const width = x - GROUP_GAP + MARGIN;
  return `${[head(width, bottom + MARGIN), ...parts, '</svg>'].join('\n')}\n`;
}

function head(width: number, height: number): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    '<style>.group{fill:#f4f6f8;stroke:#c3ccd5}.box{fill:#fff;stroke:#44617b}.arrow{fill:none;stroke:#44617b}',
    '.title{font-weight:bold;fill:#22384d}.label{fill:#5b6b7a;font-size:10px}.line{fill:#22384d;text-anchor:middle}</style>',
    '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="3" orient="auto">',
    '<path d="M0,0 L7,3 L0,6 z" fill="#44617b"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
  ].join('\n');
}

function drawBox(node: DiagramNode, { x, y, height }: Place): string {
  const lines = node.label.map((line, index) =>
    text('line', x + BOX_WIDTH / 2, y + BOX_PADDING + LINE_HEIGHT * (index + 0.75), line),
  );
  return [
    `<rect class="box" x="${x}" y="${y}" width="${BOX_WIDTH}" height="${height}" rx="5"/>`,
    ...lines,
  ].join('\n');
}

/** Leaves on the side that faces the other box; within a column it goes round on the right. */
function curve(from: Place, to: Place, label: string): string {
  const leavesRight = to.x >= from.x;
  const entersLeft = to.x > from.x;
  const x1 = leavesRight ? from.x + BOX_WIDTH : from.x;
  const x2 = entersLeft ? to.x : to.x + BOX_WIDTH;
  const y1 = from.y + from.height / 2;
  const y2 = to.y + to.height / 2;
  const c1 = x1 + (leavesRight ? CURVE : -CURVE);
  const c2 = x2 + (entersLeft ? -CURVE : CURVE);
  const middle = { x: (x1 + 3 * c1 + 3 * c2 + x2) / 8, y: (y1 + y2) / 2 - 3 };
  return [
    `<path class="arrow" marker-end="url(#tip)" d="M${x1},${y1} C${c1},${y1} ${c2},${y2} ${x2},${y2}"/>`,
    text('label', middle.x, middle.y, label),
  ].join('\n');
}

function heightOf(node: DiagramNode): number {
  return node.label.length * LINE_HEIGHT + 2 * BOX_PADDING;
}

function text(kind: string, x: number, y: number, words: string): string {
  const escaped = words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text class="${kind}" x="${x}" y="${y}">${escaped}</text>`;
}
