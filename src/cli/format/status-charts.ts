import { BarChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, GridComponent, SVGRenderer]);

/** The drawing's own size; the page stretches it to the width of its card. */
const WIDTH = 380;
const HEIGHT = 150;
const LABELS_MAX = 4;

export interface DayChart {
  /** JST days. */
  readonly dates: readonly string[];
  /** One a day; null leaves a gap. */
  readonly values: readonly (number | null)[];
  /** Writes a value of the axis. */
  readonly format: (value: number) => string;
}

/** Bars over days as one SVG. Its colours are variables of the page, so that it follows the page's light or dark. */
export function drawDays({ dates, values, format }: DayChart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  const label = { color: 'var(--muted)', fontSize: 11 };
  chart.setOption({
    animation: false,
    grid: { left: 58, right: 6, top: 10, bottom: 24 },
    xAxis: {
      type: 'category',
      data: dates.map((date) => date.slice(5)),
      axisLine: { lineStyle: { color: 'var(--line)' } },
      axisTick: { show: false },
      axisLabel: { ...label, interval: Math.ceil(dates.length / LABELS_MAX) - 1 },
    },
    yAxis: {
      type: 'value',
      splitNumber: 3,
      splitLine: { lineStyle: { color: 'var(--line)' } },
      axisLabel: { ...label, formatter: format },
    },
    series: [
      {
        type: 'bar',
        data: values.map((value) => value ?? '-'),
        silent: true,
        barCategoryGap: '20%',
        itemStyle: { color: 'var(--accent)' },
      },
    ],
  });
  try {
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
